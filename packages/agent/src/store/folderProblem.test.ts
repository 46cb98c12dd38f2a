import { ExitCode, ProblemError } from "@pgkeep/core";
import { expect, it } from "vitest";
import { folderProblem } from "./folderProblem.js";

const failed = (code: string, syscall: string) => Object.assign(new Error(`${code}: said by the system, ${syscall}`), { code, syscall });

// What a test cannot bring about on any machine; the rest is in test/store.
it.each([
  ["EPERM", "link", ExitCode.Configuration, /no hard links/],
  ["ENOTSUP", "link", ExitCode.Configuration, /no hard links/],
  ["EPERM", "open", ExitCode.Permission, /does not allow it/],
  ["EDQUOT", "write", ExitCode.NoSpace, /no room is left/],
  ["EROFS", "mkdir", ExitCode.Permission, /read-only/],
  ["EIO", "read", ExitCode.InputOutput, /reading or writing failed/],
  ["ESTALE", "open", ExitCode.InputOutput, /mounted from/],
])("%s by %s", (code, syscall, exitCode, words) => {
  const problem = folderProblem(failed(code, syscall), "/mnt/backup/object");
  expect(problem).toBeInstanceOf(ProblemError);
  expect(problem).toMatchObject({ exitCode });
  expect(problem.message).toMatch(/^\/mnt\/backup\/object: /);
  expect(problem.message).toMatch(words);
});

it("passes on what is explained already, and our own defects", () => {
  const explained = new ProblemError(ExitCode.Usage, { where: "a", reason: "b" });
  expect(folderProblem(explained, "/x")).toBe(explained);
  const defect = new TypeError("a defect");
  expect(folderProblem(defect, "/x")).toBe(defect);
});
