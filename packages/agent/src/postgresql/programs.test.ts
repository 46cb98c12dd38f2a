import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPrograms, type ProgramName } from "./programs.js";

describe("PostgreSQL's programs", () => {
  const before = { bin: process.env.PGKEEP_PG_BIN, path: process.env.PATH };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pgkeep-programs-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (before.bin === undefined) delete process.env.PGKEEP_PG_BIN;
    else process.env.PGKEEP_PG_BIN = before.bin;
    process.env.PATH = before.path;
  });

  /** A folder with scripts that tell a version, which is all that is ever asked of a program here. */
  const programs = (name: string, version: string, names: ProgramName[] = ["pg_dump", "pg_restore"]) => {
    const bin = join(folder, name);
    mkdirSync(bin, { recursive: true });
    for (const each of names) {
      writeFileSync(join(bin, each), `#!/bin/sh\necho "${each} (PostgreSQL) ${version}"\n`);
      chmodSync(join(bin, each), 0o755);
    }
    return bin;
  };

  it("are the newest, of those that have all that is needed", async () => {
    const [old, middle, incomplete] = [
      programs("old", "90.1"),
      programs("middle", "91beta2 (Debian 91~beta2-1)"),
      programs("x", "92.0", ["pg_dump"]),
    ];
    process.env.PGKEEP_PG_BIN = [old, middle, incomplete].join(delimiter);
    const found = await findPrograms(["pg_dump", "pg_restore"]);
    expect(found).toMatchObject({ folder: middle, version: 91, versionText: "91beta2" });
    expect(found.path("pg_restore")).toBe(join(middle, "pg_restore"));
    expect((await findPrograms(["pg_dump"])).folder).toBe(incomplete);
    expect((await findPrograms(["pg_dump", "pg_restore"], { major: 90 })).folder).toBe(old);
    expect((await findPrograms(["pg_dump"], { folder: old })).versionText).toBe("90.1");
  });

  it("are found on PATH, past Debian's wrapper and past what does not run", async () => {
    const real = programs("real", "95.3");
    const wrapped = join(folder, "wrapped");
    mkdirSync(wrapped);
    writeFileSync(join(folder, "pg_wrapper"), '#!/bin/sh\necho "pg_dump (PostgreSQL) 99.0"\n');
    chmodSync(join(folder, "pg_wrapper"), 0o755);
    symlinkSync(join(folder, "pg_wrapper"), join(wrapped, "pg_dump"));
    const broken = join(folder, "broken");
    mkdirSync(broken);
    writeFileSync(join(broken, "pg_dump"), "#!/bin/sh\nexit 127\n");
    chmodSync(join(broken, "pg_dump"), 0o755);
    process.env.PATH = [wrapped, broken, real, before.path].join(delimiter);
    expect(await findPrograms(["pg_dump"])).toMatchObject({ folder: real, version: 95 });
  });

  it("that are missing are named, with what is there and the way out", async () => {
    process.env.PGKEEP_PG_BIN = programs("old", "12.9");
    const error = await findPrograms(["pg_dump", "pg_restore"], { atLeast: 97 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ exitCode: ExitCode.Configuration });
    expect(String(error)).toMatch(/pg_dump, pg_restore of PostgreSQL 97 or newer are needed[\s\S]*12\.9 in [\s\S]*postgresql-client-97/);
    await expect(findPrograms(["initdb"], { folder })).rejects.toThrow(/initdb is needed and not in this folder/);
    await expect(findPrograms(["pg_dump"], { folder: process.env.PGKEEP_PG_BIN, major: 96 })).rejects.toThrow(/it holds 12\.9/);
  });

  it("are real ones on this machine", async () => {
    const found = await findPrograms(["pg_dump", "pg_restore", "psql"]);
    expect(execFileSync(found.path("psql"), ["--version"], { encoding: "utf8" })).toContain(found.versionText);
  });
});
