import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyWaivers } from "../../packages/agent/src/postgresql/applyWaivers.js";
import { dataTables } from "../../packages/agent/src/postgresql/catalogue.js";
import { type Finding, findUndumpable } from "../../packages/agent/src/postgresql/dumpability.js";
import { classifyWarnings } from "../../packages/agent/src/postgresql/knownWarnings.js";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { dumpAs } from "../support/dumpAs.js";
import { programFolder } from "../support/postgresPrograms.js";
import { missingPostgres, startPostgres, startStandby, type TestServer, testedMajors } from "../support/postgresServer.js";

const reader = { user: "Lese-Rolle „ü“", password: "r" };
const nobody = { user: "niemand", password: "n" };

const ROLES = `
  CREATE ROLE eigner; CREATE ROLE "Fremde ö";
  CREATE ROLE "${reader.user}" LOGIN PASSWORD 'r'; GRANT pg_read_all_data TO "${reader.user}";
  CREATE ROLE ${nobody.user} LOGIN PASSWORD 'n';`;

async function findingsAs(server: TestServer, role: typeof reader, database: string): Promise<Finding[]> {
  const session = await openSession({ ...server.connection, ...role }, database);
  try {
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    return await findUndumpable(session);
  } finally {
    await session.end();
  }
}

const names = (findings: readonly Finding[]) => findings.map(({ name }) => name);
const finding = (findings: readonly Finding[], name: string) => {
  const found = findings.find((each) => each.name === name);
  if (!found) throw new Error(`${name} was not found among ${names(findings).join(", ")}`);
  return found;
};

describe.for(testedMajors)("what a role cannot dump, on PostgreSQL %s", { timeout: 60_000 }, (major) => {
  const skipped = missingPostgres(major);
  let server: TestServer;
  beforeAll(async () => {
    if (skipped) return;
    server = await startPostgres({ major, settings: { wal_level: "logical" } });
    await server.psql(ROLES);
  }, 60_000);
  afterAll(() => server?.stop());

  /** A database of this name with these objects. */
  const database = async (name: string, sql: string) => {
    await server.psql(`CREATE DATABASE "${name}" OWNER eigner`);
    await server.psql(sql, name);
    return name;
  };
  const refusals = (findings: readonly Finding[], waive: string[] = []) =>
    applyWaivers(findings, waive, major).refused.map(({ where }) => where);
  const dumpWaived = (role: typeof reader, name: string, findings: readonly Finding[]) =>
    dumpAs(server, role, name, applyWaivers(findings, names(findings), major).pgDumpArguments);

  it.skipIf(skipped)("is nothing for a superuser, nor for a reader of plain tables", async () => {
    const name = await database(
      "plain",
      `CREATE TABLE "Tabelle ä"(id serial); CREATE VIEW v AS SELECT 1; CREATE FOREIGN DATA WRAPPER f; CREATE SERVER s FOREIGN DATA WRAPPER f;
       CREATE USER MAPPING FOR eigner SERVER s; CREATE TABLE rls(id int); ALTER TABLE rls ENABLE ROW LEVEL SECURITY;
       CREATE USER MAPPING FOR "Fremde ö" SERVER s OPTIONS (password 'x'); SELECT lo_create(0);
       CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false);`,
    );
    const superuser = { user: "postgres", password: server.connection.password ?? "" };
    expect(await findingsAs(server, superuser, name)).toEqual([]);
    expect((await dumpAs(server, superuser, name)).exitCode).toBe(0);
    await server.psql(
      "ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s; DROP TABLE rls; DROP SERVER s CASCADE; SELECT lo_unlink(oid) FROM pg_largeobject_metadata",
      name,
    );
    expect(await findingsAs(server, reader, name)).toEqual([]);
    expect(await dumpAs(server, reader, name)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it.skipIf(skipped)(
    "is nothing for a role with pg_read_all_data, BYPASSRLS and SELECT on the large objects, whose dump is a superuser's",
    async () => {
      await server.psql("CREATE ROLE sicherung LOGIN BYPASSRLS PASSWORD 's' IN ROLE pg_read_all_data");
      const name = await database(
        "gemischt",
        `CREATE SCHEMA "Ä"; CREATE TABLE "Ä".t (id serial, b bytea); INSERT INTO "Ä".t (b) VALUES ('\\x00ff'); ALTER TABLE "Ä".t ENABLE ROW LEVEL SECURITY;
       CREATE POLICY p ON "Ä".t USING (false); SELECT lo_from_bytea(42, 'inhalt'); GRANT SELECT ON LARGE OBJECT 42 TO sicherung;
       REVOKE ALL ON SCHEMA "Ä" FROM PUBLIC; CREATE FOREIGN DATA WRAPPER f; CREATE SERVER s FOREIGN DATA WRAPPER f; CREATE USER MAPPING FOR eigner SERVER s;`,
      );
      const role = { user: "sicherung", password: "s" };
      expect(await findingsAs(server, role, name)).toEqual([]);
      const [mine, superusers] = [
        await dumpAs(server, role, name),
        await dumpAs(server, { user: "postgres", password: server.connection.password ?? "" }, name),
      ];
      expect(mine).toMatchObject({ exitCode: 0, stderr: "" });
      const withoutRandomLine = (sql: string) => sql.replaceAll(/^\\(un)?restrict .*$/gm, "");
      expect(withoutRandomLine(mine.sql)).toBe(withoutRandomLine(superusers.sql));
      expect(mine.sql).toMatch(/\\\\x00ff[\s\S]*696e68616c74/);
    },
  );

  it.skipIf(skipped)("names subscriptions, which pg_dump leaves out with a warning", async () => {
    const name = await database(
      "subscribed",
      `CREATE SUBSCRIPTION "Abo ""1""" CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false)`,
    );
    const findings = await findingsAs(server, reader, name);
    expect(names(findings)).toEqual(['subscription:"Abo ""1"""']);
    expect(refusals(findings)).toEqual(['subscription:"Abo ""1"""']);
    const silent = await dumpAs(server, reader, name);
    expect(silent).toMatchObject({
      exitCode: 0,
      stderr: "pg_dump: warning: subscriptions not dumped because current user is not a superuser\n",
    });
    expect(classifyWarnings(silent.stderr).unknown).toHaveLength(1);
    expect(await dumpWaived(reader, name, findings)).toMatchObject({ exitCode: 0, stderr: "" });
    // The subscription of this database alone, not of others.
    expect(await findingsAs(server, reader, await database("beside", ""))).toEqual([]);
    await server.psql(`ALTER SUBSCRIPTION "Abo ""1""" SET (slot_name = NONE); DROP SUBSCRIPTION "Abo ""1"""`, name);
  });

  it.skipIf(skipped)("names user mappings whose options are hidden, and only those that have any", async () => {
    const name = await database(
      "foreign",
      `CREATE FOREIGN DATA WRAPPER f; CREATE SERVER "Süd.server" FOREIGN DATA WRAPPER f; ALTER SERVER "Süd.server" OWNER TO eigner;
       CREATE USER MAPPING FOR "Fremde ö" SERVER "Süd.server" OPTIONS (user 'u', password 'geheim');
       CREATE USER MAPPING FOR PUBLIC SERVER "Süd.server" OPTIONS (password 'geheim');
       CREATE USER MAPPING FOR eigner SERVER "Süd.server";
       CREATE USER MAPPING FOR "${reader.user}" SERVER "Süd.server" OPTIONS (password 'geheim');`,
    );
    const server1 = '"Süd.server"';
    const own = `user-mapping-options:${server1}/"${reader.user}"`;
    const of = `user-mapping-options:${server1}/"Fremde ö"`;
    const everybody = `user-mapping-options:${server1}/public`;
    const findings = await findingsAs(server, reader, name);
    expect(names(findings).sort()).toEqual([of, own, everybody].sort());
    // pg_dump says nothing and writes the mappings without their options.
    const dump = await dumpWaived(reader, name, findings);
    expect(dump).toMatchObject({ exitCode: 0, stderr: "" });
    expect(dump.sql).not.toContain("geheim");
    // The remedies help, as far as they promise to.
    await server.psql(
      finding(findings, own).remedy + finding(findings, everybody).remedy.slice("make the role a member of the server's owner: ".length),
      name,
    );
    expect(names(await findingsAs(server, reader, name))).toEqual([of]);
    expect((await dumpAs(server, reader, name)).sql.match(/password 'geheim'/g)).toHaveLength(2);
    expect(finding(findings, of).remedy).toMatch(/only a superuser/);
    await server.psql(`REVOKE eigner FROM "${reader.user}"`);
    // Without a look at pg_user_mapping nobody knows: named, and said so.
    const unsure = await findingsAs(server, nobody, name);
    expect(finding(unsure, `user-mapping-options:${server1}/eigner`).reason).toMatch(/cannot be seen/);
  });

  it.skipIf(skipped)("names tables behind row-level security", async () => {
    const name = await database(
      "secured",
      `CREATE TABLE "Aufträge" (id int); INSERT INTO "Aufträge" VALUES (1); ALTER TABLE "Aufträge" ENABLE ROW LEVEL SECURITY;
       CREATE TABLE owned (id int); ALTER TABLE owned ENABLE ROW LEVEL SECURITY; ALTER TABLE owned OWNER TO "${reader.user}";
       CREATE TABLE forced (id int); ALTER TABLE forced ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; ALTER TABLE forced OWNER TO "${reader.user}";
       CREATE TABLE parted (id int) PARTITION BY LIST (id); ALTER TABLE parted ENABLE ROW LEVEL SECURITY; CREATE TABLE part PARTITION OF parted DEFAULT;`,
    );
    const findings = await findingsAs(server, reader, name);
    expect(names(findings)).toEqual(["row-level-security:public.Aufträge", "row-level-security:public.forced"]);
    const stopped = await dumpAs(server, reader, name);
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toMatch(/row-level security policy for table "Aufträge"/);
    const waived = await dumpWaived(reader, name, findings);
    expect(waived).toMatchObject({ exitCode: 0, stderr: "" });
    expect(waived.sql).toMatch(/CREATE TABLE public."Aufträge"/);
    expect(waived.sql).not.toMatch(/COPY public."Aufträge"/);
    await server.psql(finding(findings, "row-level-security:public.Aufträge").remedy);
    expect(await findingsAs(server, reader, name)).toEqual([]);
    expect(await dumpAs(server, reader, name)).toMatchObject({ exitCode: 0, stderr: "" });
    await server.psql(`ALTER ROLE "${reader.user}" NOBYPASSRLS`);
  });

  it.skipIf(skipped)("names large objects, counted, and knows lo_compat_privileges", async () => {
    const name = await database(
      "large",
      `SELECT lo_from_bytea(101, 'a'), lo_from_bytea(102, 'b'), lo_from_bytea(103, 'c'), lo_from_bytea(104, 'd');
       GRANT SELECT ON LARGE OBJECT 101 TO "${reader.user}"; ALTER LARGE OBJECT 102 OWNER TO "${reader.user}";
       GRANT SELECT ON LARGE OBJECT 103 TO PUBLIC;`,
    );
    const findings = await findingsAs(server, reader, name);
    expect(findings).toMatchObject([{ name: "large-objects", reason: expect.stringContaining("no SELECT on 1 of 4 large objects (104)") }]);
    const stopped = await dumpAs(server, reader, name);
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toMatch(/permission denied for large object 104/);
    expect(await dumpWaived(reader, name, findings)).toMatchObject({ exitCode: 0, stderr: "" });
    await server.psql(`ALTER ROLE "${reader.user}" IN DATABASE "${name}" SET lo_compat_privileges = on`);
    expect(await findingsAs(server, reader, name)).toEqual([]);
    expect(await dumpAs(server, reader, name)).toMatchObject({ exitCode: 0, stderr: "" });
    await server.psql(`ALTER ROLE "${reader.user}" IN DATABASE "${name}" RESET ALL`);
    await server.psql(finding(findings, "large-objects").remedy, name);
    expect(await findingsAs(server, reader, name)).toEqual([]);
    expect(await dumpAs(server, reader, name)).toMatchObject({ exitCode: 0, stderr: "" });
    // The owner's own right can be revoked, and many objects get one statement for all.
    await server.psql(`REVOKE SELECT ON LARGE OBJECT 102 FROM "${reader.user}"; SELECT lo_create(0) FROM generate_series(1, 30)`, name);
    const [many] = await findingsAs(server, reader, name);
    expect(many?.reason).toMatch(/31 of 34/);
    expect(await dumpAs(server, reader, name)).toMatchObject({ exitCode: 1 });
    await server.psql(many?.remedy ?? "", name);
    expect(await findingsAs(server, reader, name)).toEqual([]);
  });

  it.skipIf(skipped)("names tables, sequences and schemas without the privilege to read them", async () => {
    const odd = `Wie "so"? *.[a]+$|x\\d(é)`;
    const quoted = odd.replaceAll('"', '""');
    const name = await database(
      "unreadable",
      `CREATE TABLE "${quoted}" (id int); INSERT INTO "${quoted}" VALUES (1); CREATE TABLE readable (id int); INSERT INTO readable VALUES (1);
       CREATE TABLE parted (id int) PARTITION BY LIST (id); CREATE TABLE part PARTITION OF parted DEFAULT; CREATE TABLE sub () INHERITS (readable);
       CREATE SEQUENCE "Folge ß" START 7; CREATE SCHEMA "Geheim.x"; CREATE TABLE "Geheim.x".t (id serial); CREATE SCHEMA harmless;
       CREATE FUNCTION harmless.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE SCHEMA empty;
       GRANT SELECT ON readable, part, sub TO ${nobody.user}; GRANT USAGE ON SCHEMA public TO ${nobody.user}`,
    );
    const findings = await findingsAs(server, nobody, name);
    expect(names(findings)).toEqual(['schema:"Geheim.x"', `table:public."${quoted}"`, "table:public.parted", 'sequence:public."Folge ß"']);
    expect(finding(findings, "table:public.parted").loss).toMatch(/its 1 partitions or children/);
    expect((await dumpAs(server, nobody, name)).exitCode).toBe(1);
    // What is waived alone leaves the rest refused.
    expect(refusals(findings, ["table:public.parted", 'sequence:public."Folge ß"'])).toEqual([
      'schema:"Geheim.x"',
      `table:public."${quoted}"`,
    ]);
    const applied = applyWaivers(findings, names(findings), major);
    const waived = await dumpAs(server, nobody, name, applied.pgDumpArguments);
    expect(waived).toMatchObject({ exitCode: 0, stderr: "" });
    expect(waived.sql).toMatch(/COPY public.readable/);
    expect(waived.sql).toMatch(/CREATE SEQUENCE public."Folge ß"/);
    expect(waived.sql).not.toMatch(/setval/);
    expect(waived.sql).not.toMatch(/Geheim|parted|TABLE public.part |Wie/);
    // The rows that are dumped are exactly those of the tables that are expected then.
    const session = await openSession({ ...server.connection, ...nobody }, name);
    const expected = (await dataTables(session)).filter(({ oid }) => !applied.excludedTables.has(oid));
    await session.end();
    expect(expected.map((table) => table.name)).toEqual(["readable", "sub"]);
    expect(waived.sql.match(/^COPY /gm)).toHaveLength(2);
    // The remedies, as printed, make all of it readable.
    const statements = findings.map(({ remedy }) => remedy.replace(/ Or, for .*/, ""));
    await server.psql(statements.join("\n"), name);
    expect(await findingsAs(server, nobody, name)).toEqual([]);
    expect(await dumpAs(server, nobody, name)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it.skipIf(skipped)("counts what lies in a waived schema as waived", async () => {
    const name = await database(
      "nested",
      "CREATE SCHEMA hidden; CREATE TABLE hidden.a (id int); ALTER TABLE hidden.a ENABLE ROW LEVEL SECURITY; CREATE TABLE public.b (id int); GRANT SELECT ON b TO PUBLIC",
    );
    const findings = await findingsAs(server, nobody, name);
    expect(names(findings)).toEqual(["schema:hidden", "row-level-security:hidden.a"]);
    expect(refusals(findings, ["schema:hidden"])).toEqual([]);
    expect(refusals(findings, ["row-level-security:hidden.a"])).toEqual(["schema:hidden"]);
  });

  it.skipIf(skipped)("names tables in the system's schemas, which pg_dump passes over without a word", async () => {
    const name = await database(
      "system",
      "SET allow_system_table_mods = on; CREATE TABLE pg_catalog.versteckt (id int); CREATE TABLE information_schema.auch (id int)",
    );
    const findings = await findingsAs(server, reader, name);
    expect(names(findings)).toEqual(["system-schema:information_schema.auch", "system-schema:pg_catalog.versteckt"]);
    expect(await dumpAs(server, reader, name)).toMatchObject({ exitCode: 0, stderr: "", sql: expect.not.stringMatching(/versteckt|auch/) });
  });

  it.skipIf(skipped)("names unlogged tables and sequences on a standby", async () => {
    const name = await database(
      "unlogged",
      "CREATE TABLE kept (id int); CREATE UNLOGGED TABLE fleeting (id serial); INSERT INTO fleeting VALUES (1)",
    );
    expect(await findingsAs(server, reader, name)).toEqual([]);
    const standby = await startStandby(server);
    try {
      await expect.poll(() => standby.psql("SELECT to_regclass('fleeting')", name), { timeout: 10_000 }).toBe("fleeting");
      const findings = await findingsAs(standby, reader, name);
      expect(names(findings)).toEqual(["unlogged-table:public.fleeting", "unlogged-sequence:public.fleeting_id_seq"]);
      const dump = await dumpAs(standby, reader, name);
      expect(dump).toMatchObject({ exitCode: 0, stderr: "" });
      expect(dump.sql).not.toMatch(/COPY public.fleeting|setval/);
      const session = await openSession({ ...standby.connection, ...reader }, name);
      expect((await dataTables(session)).map((table) => table.name)).toEqual(["kept"]);
      await session.end();
    } finally {
      await standby.stop();
    }
  });
});

describe("a newer pg_dump on an older server", { timeout: 60_000 }, () => {
  const skipped = missingPostgres(15) ?? missingPostgres(18);
  it.skipIf(skipped)("understands the same waivers", async () => {
    const server = await startPostgres({ major: 15, settings: { wal_level: "logical" } });
    try {
      await server.psql(`${ROLES} CREATE TABLE secured (id int); ALTER TABLE secured ENABLE ROW LEVEL SECURITY; SELECT lo_create(0);
        CREATE SCHEMA "ä"; CREATE TABLE "ä".t (id int); REVOKE pg_read_all_data FROM "${reader.user}";
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO "${reader.user}"; CREATE SEQUENCE "Zähler";
        CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false)`);
      const newer = { ...server, programFolder: programFolder(18) ?? "" };
      const findings = await findingsAs(server, reader, "postgres");
      expect(names(findings).sort()).toEqual(
        ["large-objects", "row-level-security:public.secured", "schema:ä", "sequence:public.Zähler", "subscription:s"].sort(),
      );
      expect((await dumpAs(newer, reader, "postgres")).exitCode).toBe(1);
      const { pgDumpArguments } = applyWaivers(findings, names(findings), 18);
      expect(await dumpAs(newer, reader, "postgres", pgDumpArguments)).toMatchObject({ exitCode: 0, stderr: "" });
    } finally {
      await server.stop();
    }
  });
});
