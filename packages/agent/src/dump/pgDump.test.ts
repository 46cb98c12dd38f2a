import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, SslMode } from "@pgkeep/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { startPgDump } from "./pgDump.js";

/** Programs of a folder that holds a shell script instead of pg_dump: how a process ends cannot be arranged with the real one. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-pgdump-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const connection: Connection = {
  host: "/nowhere",
  port: 5432,
  user: "postgres",
  sslMode: SslMode.Disable,
  maintenanceDatabase: "postgres",
  connectTimeoutSeconds: 1,
};

function start(script: string) {
  const path = join(folder, "pg_dump");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  const programs: PostgresPrograms = { folder, version: 16, versionText: "16.0", path: (name) => join(folder, name) };
  return startPgDump({ programs, connection, database: "shop" });
}

it("keeps what a process wrote that ended before anybody read", async () => {
  const { archive, finished } = await start("printf PGDMP");
  await finished;
  await sleep(50);
  expect((await buffer(archive)).toString()).toBe("PGDMP");
});

it("ends a process whose reader gave up", async () => {
  const { archive, finished } = await start("exec yes");
  await sleep(50);
  archive.destroy();
  await expect(finished).rejects.toThrow(/SIGPIPE|exit code/);
});

it.each([
  ["pg_dump: error: query failed: ERROR:  permission denied for table t", ExitCode.Permission],
  ["pg_dump: error: query would be affected by row-level security policy for table t", ExitCode.Permission],
  ["pg_dump: error: could not write: No space left on device", ExitCode.NoSpace],
  ["pg_dump: error: query failed: ERROR:  canceling statement due to lock timeout", ExitCode.TryAgain],
  ["pg_dump: error: server closed the connection unexpectedly", ExitCode.Unavailable],
])("says what failed and whether to try again: %s", async (words, exitCode) => {
  const { finished } = await start(`echo '${words}' >&2; exit 1`);
  await expect(finished).rejects.toMatchObject({ exitCode, message: expect.stringContaining(words) });
});

it("fails for a warning that is not known to be harmless", async () => {
  const { finished } = await start("echo 'pg_dump: warning: something new' >&2");
  await expect(finished).rejects.toMatchObject({ exitCode: ExitCode.DataWrong, message: expect.stringContaining("something new") });
});
