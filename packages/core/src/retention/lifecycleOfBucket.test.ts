import { expect, test } from "vitest";
import { parseAgentConfig } from "../parseAgentConfig.js";
import { ProblemError } from "../problem.js";

const parse = (url: string, more: object = {}) =>
  parseAgentConfig({
    version: 1,
    cluster: "shop",
    databases: ["shop"],
    store: { url },
    retention: { enforcedBy: "lifecycle", preset: "production" },
    ...more,
  });
const problems = (url: string, more: object = {}) => {
  try {
    parse(url, more);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ where, reason }) => `${where}: ${reason}`);
  }
  throw new Error("nothing was refused");
};

test("S3's lifecycle enforces retention in a bucket of S3", () =>
  expect(parse("s3://shop/backups").retention).toMatchObject({ enforcedBy: "lifecycle", preset: "production" }));

test.each([
  ["file:///srv/backups", /^retention\.enforcedBy: a folder has no lifecycle/],
  ["gs://shop/backups", /^retention\.enforcedBy: the lifecycle of Google Cloud Storage knows no object tags/],
  ["azblob://shop/backups", /^retention\.enforcedBy: .*S3 only/],
])("no other store has such a lifecycle: %s", (url, words) => expect(problems(url)).toEqual([expect.stringMatching(words)]));

test("nor has a copy, whose manifest tells the class of its source", () => {
  const copies = [{ name: "far", store: { url: "s3://shop-far" }, retention: { enforcedBy: "lifecycle", preset: "production" } }];
  expect(problems("s3://shop/backups", { copies })).toEqual([
    expect.stringMatching(/^copies\[0\]\.retention\.enforcedBy: a copy's manifest/),
  ]);
});

test("and there is nothing to schedule, unless a copy has a policy of its own", () => {
  const schedule = { retention: "30 5 * * *" };
  expect(problems("s3://shop/backups", { schedule })).toEqual([expect.stringMatching(/^schedule\.retention: S3 enforces retention here/)]);
  const copies = [{ name: "far", store: { url: "s3://shop-far" }, retention: { preset: "production" } }];
  expect(parse("s3://shop/backups", { schedule, copies }).schedule?.retention).toBe("30 5 * * *");
});
