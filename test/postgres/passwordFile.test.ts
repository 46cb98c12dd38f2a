import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionSchema, findPassword } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { loadConnection } from "../../packages/agent/src/configuration/loadConnection.js";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { runProgram } from "../support/runProgram.js";

const PASSWORD = "p:a\\s s#1";
const ESCAPED = "p\\:a\\\\s s#1";

describe.skipIf(missingPostgres(15))("a password file means to pgkeep what it means to libpq", () => {
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pgkeep-pgpass-"));
    server = await startPostgres({ major: 15 });
    await server.psql(`SET standard_conforming_strings = on; CREATE ROLE "b:c\\d" LOGIN PASSWORD '${PASSWORD}';`);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function passwordFile(text: string): string {
    const path = join(folder, ".pgpass");
    writeFileSync(path, text);
    chmodSync(path, 0o600);
    return path;
  }

  /** Whether psql finds the right password in the file. */
  async function psqlEnters(path: string): Promise<boolean> {
    const { host, port } = server.connection;
    const env = {
      PATH: process.env.PATH ?? "",
      PGPASSFILE: path,
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: "b:c\\d",
      PGDATABASE: "postgres",
      LC_ALL: "C",
    };
    try {
      return (await runProgram(join(server.programFolder, "psql"), ["-Xwtc", "SELECT 1"], { env })).trim() === "1";
    } catch (error) {
      if (/no password supplied|password authentication failed/.test((error as Error).message)) return false;
      throw error;
    }
  }

  test.each([
    [`*:*:*:*:${ESCAPED}`, true],
    [`*:*:*:*:${ESCAPED}\r\n`, true],
    [`*:*:*:*:${ESCAPED}:behind a colon`, true],
    [`*:*:*:b\\:c\\\\d:${ESCAPED}`, true],
    [`127.0.0.1:PORT:postgres:b\\:c\\\\d:${ESCAPED}`, true],
    [`#*:*:*:*:wrong\n\n*:*:*:*:${ESCAPED}\n*:*:*:*:wrong`, true],
    [`nowhere:*:*:*:wrong\n*:1:*:*:wrong\n*:*:*:*:${ESCAPED}`, true],
    [`*:*:*:\\b\\:\\c\\\\\\d:${ESCAPED}`, true],
    [`*:*:*:*:\\p\\:\\a\\\\\\s\\ s#1`, true],
    [`*:*:*:*:${PASSWORD}`, false],
    [`*:*:*:\\*:${ESCAPED}`, false],
    [`*:*:*:*:wrong\n*:*:*:*:${ESCAPED}`, false],
    [`*:*:*:*:\n*:*:*:*:${ESCAPED}`, false],
    [`*:*:*:b:c\\\\d:${ESCAPED}`, true],
    [` *:*:*:*:${ESCAPED}`, false],
    [`localhost:*:*:*:${ESCAPED}`, false],
    [`*:*:*:${ESCAPED}`, false],
  ])("%j", async (line, expected) => {
    const { host, port } = server.connection;
    const text = line.replace("PORT", String(port));
    expect(await psqlEnters(passwordFile(text)), "psql").toBe(expected);
    expect(findPassword(text, { host, port, database: "postgres", user: "b:c\\d" }) === PASSWORD, "pgkeep").toBe(expected);
  });

  it("and a session opens with what was found", async () => {
    const { host, port } = server.connection;
    const config = connectionSchema.parse({ uri: `postgresql://b%3Ac%5Cd@${host}:${port}/postgres` });
    const connection = await loadConnection(config, { PGPASSFILE: passwordFile(`*:*:*:*:${ESCAPED}\n`) });
    const session = await openSession(connection, "postgres");
    try {
      expect(await session.query("SELECT current_user::text AS name")).toEqual([{ name: "b:c\\d" }]);
    } finally {
      await session.end();
    }
  });
});
