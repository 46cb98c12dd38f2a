import { expect, it, test } from "vitest";
import { ExitCode } from "../exitCode.js";
import { ProblemError } from "../problem.js";
import { parseRetentionPolicy } from "./parseRetentionPolicy.js";

function problemsOf(value: unknown, locate?: (path: readonly PropertyKey[]) => string | undefined) {
  try {
    parseRetentionPolicy(value, locate);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    expect(error.exitCode).toBe(ExitCode.Configuration);
    return error.problems;
  }
  throw new Error("nothing was refused");
}

it("reads a policy", () => expect(parseRetentionPolicy({ keepLast: 7 })).toEqual({ keepLast: 7, afterBackup: false, enforcedBy: "agent" }));

it("tells everything that is wrong, each with its place", () => {
  const locate = (path: readonly PropertyKey[]) => `policy.yaml:${path.length}`;
  expect(problemsOf({ keepDay: 30, keepLast: 0, keepWithin: "4w" }, locate)).toMatchObject([
    { where: "keepLast (policy.yaml:1)", received: "0", allowed: "a whole number from 1 to 10000" },
    { where: "keepWithin (policy.yaml:1)", received: '"4w"', allowed: "1h to 3650d, for example 30d" },
    { where: "keepDay (policy.yaml:1)", reason: "there is no such setting", next: "did you mean keepDaily?" },
  ]);
});

test.each<[string, unknown, object]>([
  ["an empty file", null, { where: "policy", reason: "this is empty" }],
  ["no rule", { minimum: 2 }, { where: "policy", reason: "this policy names no rule, so it would keep nothing but the minimum" }],
  [
    "contradictory rules",
    { keepLast: 2, minimum: 5 },
    {
      where: "minimum",
      received: "5",
      allowed: "1 to 2 with these rules",
      next: "raise the rules, for example keepLast: 5, or lower the minimum",
    },
  ],
  ["a whole configuration", { version: 1, retention: { keepLast: 7 } }, { where: "retention", reason: /reads like a configuration/ }],
  ["a list", [7], { where: "policy", reason: "this is a list, and a group of settings (name: value) is wanted" }],
])("refuses %s", (_name, value, problem) => {
  const [found] = problemsOf(value);
  for (const [key, expected] of Object.entries(problem))
    expect(found?.[key as "where"]).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
});
