import { ExitCode, ProblemError } from "@pgkeep/core";
import { expect, test } from "vitest";
import { ProblemCollector } from "./ProblemCollector.js";

test("problems of several steps are one error with the first one's exit code", async () => {
  const collector = new ProblemCollector();
  const fail = (exitCode: ExitCode, where: string) => () => {
    throw new ProblemError(exitCode, { where, reason: "is wrong" });
  };
  expect(await collector.attempt(() => 7)).toBe(7);
  collector.throwIfAny();
  expect(await collector.attempt(fail(ExitCode.Permission, "a"))).toBeUndefined();
  await collector.attempt(fail(ExitCode.Configuration, "b"));
  expect(() => collector.throwIfAny()).toThrow(
    expect.objectContaining({ exitCode: ExitCode.Permission, message: "a: is wrong\nb: is wrong" }),
  );
});

test("a defect is not gathered", async () => {
  await expect(new ProblemCollector().attempt(() => Promise.reject(new TypeError("defect")))).rejects.toThrow(TypeError);
});
