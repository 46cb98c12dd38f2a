import { ExitCode, ProblemError } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { assertRestoreOptions } from "./assertRestoreOptions.js";
import type { RestoreCommandOptions } from "./RestoreCommandOptions.js";

/** Where the problems are; empty when there are none. */
function refusedAt(id: string | undefined, options: Partial<RestoreCommandOptions>): string[] {
  try {
    assertRestoreOptions(id, { databases: true, owner: true, acl: true, verify: true, ...options });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemError);
    const { exitCode, problems } = error as ProblemError;
    expect(exitCode).toBe(ExitCode.Usage);
    return problems.map(({ where }) => where);
  }
}

describe("options of restore that cannot be meant together", () => {
  it.each<[string, string | undefined, Partial<RestoreCommandOptions>]>([
    ["a recovery point", "latest", {}],
    ["a file into a database", undefined, { file: "dump.sql", into: "shop", noOwner: true } as Partial<RestoreCommandOptions>],
    ["files alone", "latest", { databases: false, files: "out" }],
    ["in place, said in full", "latest", { inPlace: true, clean: true }],
    ["hooks", "latest", { stop: "a", start: "b", checkUrl: "http://localhost:8080/health", checkFor: 1000 }],
  ])("takes %s", (_, id, options) => {
    expect(refusedAt(id, options)).toEqual([]);
  });

  it.each<[string, string | undefined, Partial<RestoreCommandOptions>, string[]]>([
    ["nothing to restore", undefined, {}, ["recovery point"]],
    ["a file and a recovery point", "latest", { file: "dump.sql", into: "shop" }, ["--file"]],
    ["a file and what chooses of a recovery point", undefined, { file: "f", into: "d", as: ["x"], table: ["t"], files: "o" }, ["--file"]],
    ["a file without a database", undefined, { file: "dump.sql" }, ["--into"]],
    ["a database without a file", "latest", { into: "shop" }, ["--into"]],
    ["nothing at all of a recovery point", "latest", { databases: false }, ["--no-databases"]],
    ["databases that are chosen and left out", "latest", { databases: false, files: "out", database: ["shop"] }, ["--no-databases"]],
    ["half of in place", "latest", { inPlace: true }, ["--in-place"]],
    ["the other half", "latest", { clean: true }, ["--clean"]],
    ["an address that cannot be asked", "latest", { checkUrl: "localhost:8080" }, ["--check-url"]],
    ["an address with a password in it", "latest", { checkUrl: "https://u:secret@localhost:8080/health" }, ["--check-url"]],
    ["a time without an address", "latest", { checkFor: 1000 }, ["--check-for"]],
    ["everything at once", undefined, { into: "x", inPlace: true, checkFor: 1 }, ["recovery point", "--into", "--in-place", "--check-for"]],
  ])("refuses %s", (_, id, options, places) => {
    expect(refusedAt(id, options)).toEqual(places);
  });
});
