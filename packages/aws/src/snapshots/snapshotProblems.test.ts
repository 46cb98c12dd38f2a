import { describe, expect, test } from "vitest";
import type { PreDeploySnapshotArgs } from "./PreDeploySnapshotArgs.js";
import { snapshotProblems } from "./snapshotProblems.js";

const right: PreDeploySnapshotArgs = { instanceArn: "arn:aws:rds:eu-central-1:123456789012:db:orders", deploymentKey: "4f2c1e9" };
const wrong = (args: Partial<PreDeploySnapshotArgs>) =>
  snapshotProblems({ ...right, ...args }).map(({ where, reason }) => `${where}: ${reason}`);

test("an instance and a key are enough", () => expect(wrong({})).toEqual([]));

describe("how many stay", () => {
  test.each([
    [0, ["keep: the newest snapshot is never removed"]],
    [1, []],
    [100, []],
    [
      101,
      ["keep: AWS allows 100 manual snapshots in a Region of an account: with so many to keep, the next deployment would find no room"],
    ],
  ])("%i", (keep, problems) => expect(wrong({ keep })).toEqual(problems));
});

describe("the value of the tag", () => {
  test.each([
    ["s", []],
    ["s".repeat(128), []],
    ["s".repeat(129), ["series: this is no value that the tag takes"]],
    ["", ["series: this is no value that the tag takes"]],
    ["a b", ["series: this is no value that the tag takes"]],
  ])("%s", (series, problems) => expect(wrong({ series })).toEqual(problems));
});

test("a DB cluster has snapshots of another kind", () => {
  expect(wrong({ instanceArn: "arn:aws:rds:eu-central-1:123456789012:cluster:orders" })).toEqual([
    expect.stringContaining("instanceArn: this is a DB cluster"),
  ]);
});
