import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyWarnings } from "../../packages/agent/src/postgresql/knownWarnings.js";
import { dumpAs } from "../support/dumpAs.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

describe.for(testedMajors)("what pg_dump %s says on a dump that is whole", { timeout: 60_000 }, (major) => {
  const skipped = missingPostgres(major);
  let server: TestServer;
  beforeAll(async () => {
    if (!skipped) server = await startPostgres({ major });
  }, 60_000);
  afterAll(() => server?.stop());

  const dump = (database: string) => dumpAs(server, { user: "postgres", password: server.connection.password ?? "" }, database);

  it.skipIf(skipped)("is nothing about circular foreign keys of users' tables", async () => {
    await server.psql("CREATE DATABASE kreis");
    await server.psql(
      `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b;
       CREATE TABLE "selbst ä" (id int PRIMARY KEY REFERENCES "selbst ä")`,
      "kreis",
    );
    expect(await dump("kreis")).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it.skipIf(skipped)("is known for circular foreign keys of extensions' tables", async () => {
    const extension = await server.psql("SELECT name FROM pg_available_extensions WHERE name IN ('hstore', 'vector') LIMIT 1");
    await server.psql("CREATE DATABASE erweitert");
    await server.psql(
      `SET allow_system_table_mods = on; CREATE EXTENSION ${extension};
       CREATE TABLE "selbst ä" (id int PRIMARY KEY REFERENCES "selbst ä"); ALTER EXTENSION ${extension} ADD TABLE "selbst ä";
       CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b;
       ALTER EXTENSION ${extension} ADD TABLE a; ALTER EXTENSION ${extension} ADD TABLE b;
       UPDATE pg_extension SET extconfig = ARRAY['"selbst ä"', 'a', 'b']::regclass[]::oid[], extcondition = ARRAY['', '', ''] WHERE extname = '${extension}'`,
      "erweitert",
    );
    const { exitCode, stderr } = await dump("erweitert");
    expect(exitCode).toBe(0);
    const { known, unknown } = classifyWarnings(stderr);
    expect(unknown).toEqual([]);
    expect(known).toEqual([
      expect.stringMatching(/on this table:\npg_dump: detail: selbst ä\npg_dump: hint: You.*\npg_dump: hint: Consider/),
      expect.stringMatching(/among these tables:\npg_dump: detail: .*\npg_dump: detail: .*\npg_dump: hint: You.*\npg_dump: hint: Consider/),
    ]);
  });

  // Before 17 nothing of a user's runs when a session begins.
  if (major < 17) return;
  it.skipIf(skipped)("is known for notices and unknown for warnings of login triggers", async () => {
    await server.psql("CREATE DATABASE geschwätzig");
    const trigger = (level: string) =>
      server.psql(
        `SET client_min_messages = error; DROP EVENT TRIGGER IF EXISTS t; CREATE OR REPLACE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
           RAISE ${level} 'Grüße' USING DETAIL = 'zwei
Zeilen', HINT = 'h'; END $$; CREATE EVENT TRIGGER t ON login EXECUTE FUNCTION f()`,
        "geschwätzig",
      );
    await trigger("NOTICE");
    const notice = await dump("geschwätzig");
    expect(notice.exitCode).toBe(0);
    expect(classifyWarnings(notice.stderr)).toMatchObject({ known: [expect.stringMatching(/^NOTICE: {2}Grüße/)], unknown: [] });
    await trigger("WARNING");
    const warning = await dump("geschwätzig");
    expect(warning.exitCode).toBe(0);
    expect(classifyWarnings(warning.stderr)).toMatchObject({
      known: [],
      unknown: [expect.stringMatching(/^WARNING: {2}Grüße/), expect.anything()],
    });
  });
});

describe("a database whose collations changed", { timeout: 60_000 }, () => {
  // Of the servers that tests run on only Debian's is built with ICU, whose collations have versions everywhere.
  const skipped = missingPostgres(15);
  it.skipIf(skipped)("is dumped with a known warning", async () => {
    const server = await startPostgres({ major: 15 });
    try {
      await server.psql(`CREATE DATABASE "alt ""ä""" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de'`);
      await server.psql("SET allow_system_table_mods = on; UPDATE pg_database SET datcollversion = '1.2.3' WHERE datname LIKE 'alt%'");
      const { exitCode, stderr } = await dumpAs(server, { user: "postgres", password: server.connection.password ?? "" }, 'alt "ä"');
      expect(exitCode).toBe(0);
      const { known, unknown } = classifyWarnings(stderr);
      expect(unknown).toEqual([]);
      expect(known).toEqual([expect.stringMatching(/^WARNING: {2}database "alt "ä"" has a collation version mismatch\nDETAIL:.*\nHINT:/)]);
    } finally {
      await server.stop();
    }
  });
});
