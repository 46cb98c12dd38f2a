import { ExitCode, ProblemError } from "@pgkeep/core";
import { expect, it } from "vitest";
import { eachInTurn } from "./eachInTurn.js";

const { signal } = new AbortController();
const failure = (exitCode: ExitCode, where: string) => new ProblemError(exitCode, { where, reason: "it is away" });

it("tells what was done for each, and ends with the first that somebody must look at", async () => {
  const exits: Record<string, ExitCode> = { near: ExitCode.Done, far: ExitCode.Suspicious, farther: ExitCode.DataWrong };
  expect(
    await eachInTurn(Object.keys(exits), signal, (name) => Promise.resolve({ exitCode: exits[name] ?? 0, summary: `${name} done` })),
  ).toEqual({
    exitCode: ExitCode.Suspicious,
    summary: "near done; far done; farther done",
  });
});

it("does the others in spite of one that fails, and then tells all that failed", async () => {
  const done: string[] = [];
  const work = (name: string) => {
    if (name !== "b") return Promise.reject(failure(name === "a" ? ExitCode.Unavailable : ExitCode.Permission, name));
    done.push(name);
    return Promise.resolve({});
  };
  await expect(eachInTurn(["a", "b", "c"], signal, work)).rejects.toMatchObject({
    exitCode: ExitCode.Unavailable,
    problems: [{ where: "a" }, { where: "c" }],
  });
  expect(done).toEqual(["b"]);
});

it("goes no further once it is interrupted", async () => {
  const ending = new AbortController();
  const tried: string[] = [];
  const ended = eachInTurn(["a", "b"], ending.signal, (name) => {
    tried.push(name);
    ending.abort(failure(ExitCode.TryAgain, "interrupted by SIGTERM"));
    return Promise.reject(new Error("aborted"));
  });
  await expect(ended).rejects.toThrow("interrupted by SIGTERM");
  expect(tried).toEqual(["a"]);
});
