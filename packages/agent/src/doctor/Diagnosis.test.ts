import { ExitCode, ProblemError, Verdict } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { diagnose, diagnoseAbility, notExamined } from "./Diagnosis.js";

const problem = { where: "store.url", reason: "it is not there" };
const failing = (exitCode: ExitCode) => () => {
  throw new ProblemError(exitCode, problem);
};

describe("a check of the doctor", () => {
  it("passes with what it found", async () => {
    expect(await diagnose("store", () => ["a folder"])).toMatchObject({
      verdict: Verdict.Pass,
      details: ["a folder"],
      problems: [],
      exitCode: 0,
    });
  });

  it("fails with its problems and the exit code that a command would end with", async () => {
    expect(await diagnose("store", failing(ExitCode.Permission))).toMatchObject({
      verdict: Verdict.Fail,
      exitCode: 77,
      problems: [problem],
      details: ["store.url: it is not there"],
    });
  });

  it("that could not be made is not passing, whoever says so", async () => {
    for (const diagnosis of [
      await diagnose("store", failing(ExitCode.CouldNotVerify)),
      await diagnoseAbility("drill", () => Promise.resolve().then(failing(ExitCode.Configuration))),
      notExamined("store", "another check failed"),
    ]) {
      expect(diagnosis).toMatchObject({ verdict: Verdict.CouldNotVerify, exitCode: ExitCode.CouldNotVerify });
      expect(diagnosis.problems).toHaveLength(1);
    }
  });

  it("calls a defect of ours one, and lets the next check run", async () => {
    const diagnosis = await diagnose("store", () => Promise.reject(new TypeError("x is undefined")));
    expect(diagnosis).toMatchObject({
      verdict: Verdict.CouldNotVerify,
      exitCode: ExitCode.Defect,
      problems: [{ reason: "a defect of pgkeep: x is undefined" }],
    });
  });
});
