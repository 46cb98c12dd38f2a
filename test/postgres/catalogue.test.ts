import { extensionSchema } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyWaivers } from "../../packages/agent/src/postgresql/applyWaivers.js";
import {
  compareSets,
  dataTables,
  dumpableSequences,
  dumpableTables,
  largeObjectCount,
  readExtensions,
  readNeverProven,
} from "../../packages/agent/src/postgresql/catalogue.js";
import { findUndumpable } from "../../packages/agent/src/postgresql/dumpability.js";
import { openSession, type Session } from "../../packages/agent/src/postgresql/session.js";
import { dumpAs } from "../support/dumpAs.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

const SCHEMA = `
  CREATE TABLE plain (id serial, doubled int GENERATED ALWAYS AS (id * 2) STORED);
  INSERT INTO plain DEFAULT VALUES;
  CREATE TABLE "ohne Spalten" ();
  CREATE TABLE leer (id int GENERATED ALWAYS AS IDENTITY);
  CREATE UNLOGGED TABLE flüchtig (id int);
  CREATE SCHEMA "Schéma.1"; CREATE TABLE "Schéma.1"."Tab""elle" (id int);
  CREATE TABLE parted (id int, t text) PARTITION BY LIST (id);
  CREATE TABLE part1 PARTITION OF parted FOR VALUES IN (1); CREATE TABLE part2 PARTITION OF parted FOR VALUES IN (2) PARTITION BY LIST (t);
  CREATE TABLE "Schéma.1".part2a PARTITION OF part2 DEFAULT;
  CREATE TABLE child (extra int) INHERITS (plain);
  CREATE TYPE composite AS (a int); CREATE TABLE typed OF composite;
  CREATE VIEW v AS SELECT 1 AS one; CREATE MATERIALIZED VIEW "gefüllt" AS SELECT 1 AS one; CREATE MATERIALIZED VIEW unpopulated AS SELECT 1 AS one WITH NO DATA;
  CREATE FOREIGN DATA WRAPPER f; CREATE SERVER s FOREIGN DATA WRAPPER f; CREATE FOREIGN TABLE "Fern" (id int) SERVER s;
  CREATE SEQUENCE "eigene Folge"; CREATE SEQUENCE unused;
  SELECT lo_create(0), lo_create(0);`;

/** Makes tables members of an extension as a CREATE EXTENSION script would that marks some of them with pg_extension_config_dump. */
const EXTENSION_MEMBERS = (extension: string) => `
  CREATE EXTENSION ${extension};
  CREATE SCHEMA erweitert; CREATE TABLE erweitert.einstellung (id int); CREATE TABLE erweitert.teilweise (id int, eigen boolean); CREATE TABLE erweitert.intern (id int);
  CREATE SEQUENCE erweitert.zähler; CREATE SEQUENCE erweitert.andere; CREATE TABLE erweitert.fremd (id int);
  CREATE MATERIALIZED VIEW erweitert.sicht AS SELECT 1 AS one;
  INSERT INTO erweitert.teilweise VALUES (1, false), (2, true);
  ALTER EXTENSION ${extension} ADD SCHEMA erweitert;
  ALTER EXTENSION ${extension} ADD TABLE erweitert.einstellung; ALTER EXTENSION ${extension} ADD TABLE erweitert.teilweise;
  ALTER EXTENSION ${extension} ADD TABLE erweitert.intern; ALTER EXTENSION ${extension} ADD SEQUENCE erweitert.zähler; ALTER EXTENSION ${extension} ADD SEQUENCE erweitert.andere;
  ALTER EXTENSION ${extension} ADD MATERIALIZED VIEW erweitert.sicht;
  UPDATE pg_extension SET extconfig = ARRAY['erweitert.einstellung', 'erweitert.teilweise', 'erweitert.zähler']::regclass[]::oid[],
                          extcondition = ARRAY['', 'WHERE eigen', ''] WHERE extname = '${extension}';`;

/** A foreign server that belongs to the extension, with a user mapping that does not. */
const EXTENSION_SERVER = (extension: string) => `
  CREATE FOREIGN DATA WRAPPER w; CREATE SERVER "Server ä" FOREIGN DATA WRAPPER w; ALTER EXTENSION ${extension} ADD SERVER "Server ä";
  CREATE USER MAPPING FOR PUBLIC SERVER "Server ä" OPTIONS (password 'geheim');`;

describe.for(testedMajors)("the catalogue of PostgreSQL %s", { timeout: 60_000 }, (major) => {
  const skipped = missingPostgres(major);
  let server: TestServer;
  beforeAll(async () => {
    if (skipped) return;
    server = await startPostgres({ major });
    await server.psql(
      "CREATE ROLE leser LOGIN PASSWORD 'l' IN ROLE pg_read_all_data BYPASSRLS; CREATE DATABASE alles; CREATE DATABASE erweitert",
    );
    await server.psql(SCHEMA, "alles");
  }, 60_000);
  afterAll(() => server?.stop());

  const as = async <Result>(database: string, user: "leser" | "postgres", read: (session: Session) => Promise<Result>): Promise<Result> => {
    const session = await openSession({ ...server.connection, ...(user === "leser" ? { user, password: "l" } : {}) }, database);
    try {
      return await read(session);
    } finally {
      await session.end();
    }
  };

  /** What the real pg_dump dumps rows of and sets values of, against what the catalogue says. */
  const compareWithDump = async (database: string) => {
    const identifiers = (relations: { schema: string; name: string }[]) =>
      as(database, "leser", (session) =>
        session.query<{ name: string }>(
          "SELECT format('%I.%I', r.schema, r.name) AS name FROM jsonb_to_recordset($1::jsonb) AS r(schema text, name text)",
          [JSON.stringify(relations)],
        ),
      ).then((rows) => rows.map(({ name }) => name).sort());
    const { sql, exitCode, stderr } = await dumpAs(server, { user: "postgres", password: server.connection.password ?? "" }, database);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const copied = [...sql.matchAll(/^COPY (.+?) (?:\(.*\) )? ?FROM stdin;$/gm)].map(([, name]) => name);
    expect(await identifiers(await as(database, "leser", dataTables))).toEqual(copied.sort());
    const set = [...sql.matchAll(/^SELECT pg_catalog\.setval\('(.*)', \d+, (?:true|false)\);$/gm)].map(([, name]) => name);
    expect(await identifiers(await as(database, "leser", dumpableSequences))).toEqual(set.sort());
    return { copied, set };
  };

  it.skipIf(skipped)("names the tables and sequences that pg_dump dumps", async () => {
    const { copied, set } = await compareWithDump("alles");
    expect(copied).toHaveLength(9);
    expect(set).toHaveLength(4);
    const tables = await as("alles", "leser", dumpableTables);
    expect(tables.filter(({ relkind }) => relkind === "p").map(({ name }) => name)).toEqual(["part2", "parted"]);
    expect(tables.find(({ name }) => name === "flüchtig")).toMatchObject({
      schema: "public",
      relkind: "r",
      unlogged: true,
      extension: null,
      condition: null,
    });
    expect(await as("alles", "leser", largeObjectCount)).toBe(2);
  });

  it.skipIf(skipped)("leaves out temporary tables, its own and others'", async () => {
    const before = await as("alles", "leser", dumpableTables);
    await as("alles", "postgres", async (other) => {
      await other.query("CREATE TEMP TABLE vorübergehend (id serial)");
      expect(await as("alles", "leser", dumpableTables)).toEqual(before);
      expect(await dumpableTables(other)).toEqual(before);
    });
  });

  it.skipIf(skipped)("names what no dump can prove", async () => {
    expect(await as("alles", "leser", readNeverProven)).toEqual([
      "foreign table public.Fern",
      "materialised view public.gefüllt",
      "materialised view public.unpopulated (not populated)",
    ]);
  });

  it.skipIf(skipped)("knows which rows extensions want dumped", async () => {
    const available = await as("erweitert", "postgres", (session) =>
      session.query<{ name: string }>("SELECT name FROM pg_available_extensions WHERE name IN ('hstore', 'vector') ORDER BY 1"),
    );
    const extension = available[0]?.name ?? "";
    await server.psql(`SET allow_system_table_mods = on; ${EXTENSION_MEMBERS(extension)} ${EXTENSION_SERVER(extension)}`, "erweitert");
    const { copied, set } = await compareWithDump("erweitert");
    expect(copied).toEqual(["erweitert.einstellung", "erweitert.fremd", "erweitert.teilweise"]);
    expect(set).toEqual(['erweitert."zähler"']);
    expect((await as("erweitert", "leser", dumpableTables)).filter(({ extension: owner }) => owner !== null)).toMatchObject([
      { name: "einstellung", extension, condition: null },
      { name: "teilweise", extension, condition: "WHERE eigen" },
    ]);
    expect(await as("erweitert", "leser", readNeverProven)).toEqual([
      `table erweitert.intern of extension ${extension}, which does not want it dumped`,
      `materialised view erweitert.sicht of extension ${extension}`,
      `table erweitert.teilweise of extension ${extension}, which wants only a part dumped: WHERE eigen`,
    ]);
    const extensions = await as("erweitert", "leser", readExtensions);
    expect(extensions.map(({ name }) => name)).toEqual([extension, "plpgsql"].sort());
    for (const record of extensions) extensionSchema.parse(record);
    // pg_dump leaves user mappings of an extension's server out even for a superuser.
    const superuser = { user: "postgres", password: server.connection.password ?? "" };
    expect((await as("erweitert", "postgres", findUndumpable)).map(({ name }) => name)).toEqual(['user-mapping:"Server ä"/public']);
    expect((await dumpAs(server, superuser, "erweitert")).sql).not.toMatch(/USER MAPPING|geheim/);
    expect((await as("erweitert", "leser", findUndumpable)).map(({ name }) => name)).toEqual(['user-mapping:"Server ä"/public']);
  });

  it.skipIf(skipped)("leaves out extensions' rows that a role may not read only where that is waived", async () => {
    await server.psql("CREATE ROLE niemand LOGIN PASSWORD 'n'; CREATE DATABASE gesperrt");
    const [available] = await as("gesperrt", "postgres", (session) =>
      session.query<{ name: string }>("SELECT name FROM pg_available_extensions WHERE name IN ('hstore', 'vector') ORDER BY 1"),
    );
    await server.psql(
      `SET allow_system_table_mods = on; ${EXTENSION_MEMBERS(available?.name ?? "")}
       GRANT USAGE ON SCHEMA erweitert TO niemand; GRANT SELECT ON erweitert.einstellung, erweitert.fremd TO niemand`,
      "gesperrt",
    );
    const role = { user: "niemand", password: "n" };
    const session = await openSession({ ...server.connection, ...role }, "gesperrt");
    try {
      const findings = await findUndumpable(session);
      const names = findings.map(({ name }) => name);
      expect(names).toEqual(["table:erweitert.teilweise", "sequence:erweitert.zähler"]);
      expect((await dumpAs(server, role, "gesperrt")).exitCode).toBe(1);
      const { pgDumpArguments, excludedTables } = applyWaivers(findings, names, major);
      const { sql, ...outcome } = await dumpAs(server, role, "gesperrt", pgDumpArguments);
      expect(outcome).toEqual({ exitCode: 0, stderr: "" });
      const expected = (await dataTables(session)).filter(({ oid }) => !excludedTables.has(oid));
      expect(expected.map(({ name }) => name)).toEqual(["einstellung", "fremd"]);
      expect(sql.match(/^COPY /gm)).toHaveLength(2);
    } finally {
      await session.end();
    }
  });

  it.skipIf(skipped)("compares its tables with those of a dump by name", async () => {
    const tables = await as("alles", "leser", dataTables);
    expect(compareSets("table", tables, tables)).toEqual([]);
    const [first, ...rest] = tables;
    expect(compareSets("table", tables, [...rest, ...rest.slice(-1), { schema: "neu", name: "x y" }])).toEqual([
      `table "Schéma.1"."${first?.name.replace('"', '""')}": missing from the dump`,
      "table public.typed: dumped twice",
      'table neu."x y": dumped, but not in the catalogue',
    ]);
  });
});
