import { ExitCode, ProblemError, Verdict } from "@pgkeep/core";
import { expect, it } from "vitest";
import { undecidedMessage, validationMessage } from "./validationMessage.js";

const pass = { name: "databases", verdict: Verdict.Pass, details: ["2 databases"] };

it("names what failed before what could not be verified, and counts what passed", () => {
  expect(validationMessage({ verdict: Verdict.Pass, checks: [pass, pass] })).toBe("PASS: pgkeep made 2 checks and all of them passed");
  const checks = [
    { name: "amcheck", verdict: Verdict.CouldNotVerify, details: ["not there"] },
    pass,
    { name: "files of shop", verdict: Verdict.Fail, details: ["table a: gone", "table b: gone"] },
  ];
  expect(validationMessage({ verdict: Verdict.Fail, checks })).toBe("FAIL: files of shop: table a: gone; amcheck: not there");
});

it("keeps to one line of at most 1024 characters", () => {
  const checks = [{ name: "files", verdict: Verdict.Fail, details: [`two\nlines ${"x".repeat(5000)}`] }];
  const message = validationMessage({ verdict: Verdict.Fail, checks });
  expect(message).toHaveLength(1024);
  expect(message).toMatch(/^FAIL: files: two\\nlines x+…$/);
});

it("tells why there is no verdict, and of a defect of ours no more than that", () => {
  const problem = new ProblemError(ExitCode.Configuration, { where: "--restored-arn", reason: "no tag" });
  expect(undecidedMessage(problem)).toBe("COULD_NOT_VERIFY: --restored-arn: no tag");
  expect(undecidedMessage(new Error("a secret perhaps"))).toBe("COULD_NOT_VERIFY: pgkeep ended early");
});
