import { expect, test } from "vitest";
import { ExitCode } from "./exitCode.js";
import { describeProblem, ProblemError } from "./problem.js";

test("a problem says what, what was received, what is allowed and what to do", () => {
  expect(describeProblem({ where: "--jobs", reason: "this is too small", received: "0", allowed: "1 to 64", next: "write 1" })).toBe(
    "--jobs: this is too small\n  received: 0\n  allowed:  1 to 64\n  next:     write 1",
  );
  expect(describeProblem({ where: "--jobs", reason: "this is missing" })).toBe("--jobs: this is missing");
});

test("several problems are one error", () => {
  const cause = new Error("cause");
  const one = { where: "a", reason: "x" };
  const error = new ProblemError(ExitCode.Configuration, [one, { where: "b", reason: "y" }], { cause });
  expect(error).toMatchObject({ name: "ProblemError", exitCode: 78, message: "a: x\nb: y", cause });
  expect(new ProblemError(ExitCode.Usage, one).problems).toEqual([one]);
});
