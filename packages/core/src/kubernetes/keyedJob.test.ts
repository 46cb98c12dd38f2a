import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobDeploymentKeyProblem, keyedJobName, keyedJobNameProblem, LONGEST_KEYED_JOB_NAME, oneTryRules } from "./keyedJob.js";

const hexOf = (text: string) =>
  [...text]
    .reduce((sum, c) => (sum * 31n + BigInt(c.codePointAt(0) ?? 0)) % 2n ** 64n, 7n)
    .toString(16)
    .padStart(16, "0");

describe("the name of the Job of a key", () => {
  it.each([
    ["restore", "incident-42", "restore-incident-42"],
    ["deploy", "0123456789abcdef0123456789abcdef01234567", "deploy-0123456789abcdef0123456789abcdef01234567"],
    ["a".repeat(52), "0123456789", `${"a".repeat(52)}-0123456789`],
    ["deploy", "20261130", `deploy-${hexOf("20261130").slice(0, 10)}`],
    ["deploy", "run-29920440", `deploy-${hexOf("run-29920440").slice(0, 10)}`],
    ["deploy", "v1.2.3", `deploy-${hexOf("v1.2.3").slice(0, 10)}`],
    ["deploy", "-x", `deploy-${hexOf("-x").slice(0, 10)}`],
    ["deploy", "Incident", `deploy-${hexOf("Incident").slice(0, 10)}`],
    ["a".repeat(52), "01234567890", `${"a".repeat(52)}-${hexOf("01234567890").slice(0, 10)}`],
  ])("of %s and %s is %s", (name, key, expected) => expect(keyedJobName(name, key, hexOf)).toBe(expected));

  it("is a label, whatever the key is, and never one that looks like a CronJob's", () => {
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$/);
    const key = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9._/@:+-]{1,128}$/),
      fc.stringMatching(/^(run-)?\d{8}$/),
      fc.string({ minLength: 1 }),
    );
    fc.assert(
      fc.property(name, key, (base, text) => {
        expect(keyedJobNameProblem(base)).toBeUndefined();
        const job = keyedJobName(base, text, hexOf);
        expect(job).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(job).not.toMatch(/-\d{8}$/);
      }),
    );
  });

  it.each([
    ["a".repeat(53), /53 characters.*52 are the most/],
    ["Deploy", /no such name/],
    ["deploy.it", /no such name/],
    ["-a", /no such name/],
    ["", /no such name/],
  ])("is refused before its key where it is %s", (name, reason) => {
    expect(keyedJobNameProblem(name)).toMatch(reason);
    expect(LONGEST_KEYED_JOB_NAME).toBe(52);
  });
});

describe("the key of a deployment", () => {
  it.each(["1", "v1.2.3", "registry.example.org/shop/web@sha256:0a", "feature/x_y+1"])("may be %s", (key) =>
    expect(jobDeploymentKeyProblem(key)).toBeUndefined(),
  );
  it.each([
    ["", /empty/],
    ["a".repeat(129), /longer/],
    ["a b", /characters/],
    ["a::b", /characters/],
    ["ü", /characters/],
  ])("is not %j", (key, reason) => expect(jobDeploymentKeyProblem(key)).toMatch(reason));
});

it("a Job that is tried once has no rule by exit codes", () => {
  expect(oneTryRules().map(({ action, onExitCodes }) => [action, onExitCodes])).toEqual([["Ignore", undefined]]);
});
