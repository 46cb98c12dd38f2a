import { PassThrough } from "node:stream";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { expect, it } from "vitest";
import { printProblem } from "./printProblem.js";

const stream = new PassThrough();
const problem = {
  where: "databases[1].name",
  reason: "two databases have this name",
  received: "syntho-core",
  allowed: "each name once",
  next: "remove one of them",
};

it("says what is wrong, what was received, what is allowed and what to do", () => {
  expect(printProblem(new ProblemError(ExitCode.Configuration, problem), {}, stream)).toBe(
    [
      "error: databases[1].name: two databases have this name",
      "  received: syntho-core",
      "  allowed:  each name once",
      "  next:     remove one of them",
      "",
    ].join("\n"),
  );
});

it("fits one screen, whatever went wrong", () => {
  const many = Array.from({ length: 200 }, (_, index) => ({ where: `table ${index}`, reason: "differs", received: "x".repeat(100_000) }));
  const text = printProblem(new ProblemError(ExitCode.DataWrong, many), {}, stream);
  expect(text).toMatch(/^error: 200 problems\ntable 0: differs\n {2}received: x{150}… \(100000 characters\)\n/);
  expect(text).toMatch(/… and 192 more of their kind, shown once these are mended\n$/);
  expect(text.split("\n").length).toBeLessThan(24);
});

it("lets no value move the cursor, and keeps lines that are meant", () => {
  const text = printProblem(
    new ProblemError(ExitCode.Usage, { ...problem, received: "a\u001b[2J", next: "do this\nthen that" }),
    {},
    stream,
  );
  expect(text).toContain("  received: a\\u001b[2J\n");
  expect(text).toContain("  next:     do this\n            then that\n");
});

it("shows a defect of ours with its place, which a user's mistake never shows", () => {
  const text = printProblem(new TypeError("x is not a function"), {}, stream);
  expect(text).toMatch(/^error: a defect of pgkeep: x is not a function\n {2}at .*printProblem\.test\.ts/);
  expect(printProblem(new ProblemError(ExitCode.Usage, problem), {}, stream)).not.toContain(" at ");
  expect(printProblem("a text", {}, stream)).toContain("a defect of pgkeep: a text");
});

it("is one line of JSON where progress is", () => {
  const error = new ProblemError(ExitCode.NoSpace, problem);
  const line = printProblem(error, { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, stream);
  expect(JSON.parse(line)).toMatchObject({ level: "error", exitCode: 73, problems: [problem], msg: error.message });
  expect(JSON.parse(printProblem(new Error("boom"), {}, stream, "json"))).toMatchObject({
    level: "fatal",
    exitCode: 70,
    err: { message: "boom" },
  });
  expect(line.trimEnd()).not.toContain("\n");
});

it("tells no more of an error than its words: those of libraries hold requests, with tokens in them", () => {
  const error = Object.assign(new Error("boom", { cause: new Error("hidden") }), { request: { headers: { authorization: "hidden" } } });
  for (const format of ["json", "plain"] as const) expect(printProblem(error, {}, stream, format)).not.toContain("hidden");
  expect(JSON.parse(printProblem("a text", {}, stream, "json"))).toMatchObject({ err: { message: "a text" } });
});

it("is coloured on request, with the same words", () => {
  const text = printProblem(new ProblemError(ExitCode.Usage, problem), { FORCE_COLOR: "1" }, stream);
  expect(text).toContain("\u001b[31merror:");
});
