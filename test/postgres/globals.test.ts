import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ExitCode, globalsSchema } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareGlobals } from "../../packages/agent/src/postgresql/compareGlobals.js";
import { type Globals, readGlobals } from "../../packages/agent/src/postgresql/globals.js";
import { planRoles } from "../../packages/agent/src/postgresql/planRoles.js";
import { renderGlobals } from "../../packages/agent/src/postgresql/renderGlobals.js";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { giveToServerAccount } from "../support/serverAccount.js";

/** Everything of roles that has ever been forgotten by somebody, with names that want quoting everywhere. */
const CLUSTER = `
  CREATE ROLE "Eigner ""ä""" NOLOGIN;
  COMMENT ON ROLE "Eigner ""ä""" IS 'Es ist''s: \\ $pgkeep$ — ''; DROP ROLE x; --
zweite Zeile';
  CREATE ROLE app LOGIN PASSWORD 'app' CONNECTION LIMIT 7 VALID UNTIL '2031-02-03 04:05:06.789+02';
  CREATE ROLE "App 2" LOGIN NOINHERIT CREATEDB CREATEROLE VALID UNTIL 'infinity';
  CREATE ROLE "into" SUPERUSER BYPASSRLS REPLICATION;
  CREATE ROLE "line
\\quit $pgkeep$ '' ; --" ROLE app;
  CREATE ROLE dump LOGIN PASSWORD 'dump' IN ROLE pg_read_all_data;
  GRANT pg_monitor TO "App 2" WITH ADMIN OPTION;
  GRANT "Eigner ""ä""" TO "App 2" WITH ADMIN OPTION;
  ALTER ROLE app SET search_path TO "$user", "Schéma ""x""", public;
  ALTER ROLE app SET DateStyle TO 'SQL, DMY';
  ALTER ROLE app SET work_mem TO '77MB';
  ALTER ROLE app SET temp_tablespaces TO '';
  ALTER ROLE "App 2" SET my.custom TO 'a "quoted" \\value, ''b''';
  ALTER ROLE "App 2" SET "my.Other" TO '';
  ALTER ROLE "App 2" SET session_preload_libraries TO 'a b', 'c,d';
  ALTER ROLE ALL SET statement_timeout TO '1h';
  SET ROLE "App 2"; GRANT "Eigner ""ä""" TO app; RESET ROLE;
  GRANT SET ON PARAMETER log_min_messages TO app WITH GRANT OPTION;
  GRANT SET, ALTER SYSTEM ON PARAMETER "my.custom" TO PUBLIC;
  SET ROLE app; GRANT SET ON PARAMETER log_min_messages TO dump; RESET ROLE;`;

const LINE_BREAK = "line\n\\quit $pgkeep$ '' ; --";

/** From PostgreSQL 16 on one role may be a member of another several times over, with options. */
const MODERN = `
  GRANT "line
\\quit $pgkeep$ '' ; --" TO "App 2" WITH INHERIT FALSE, SET FALSE;
  GRANT "into" TO app WITH INHERIT TRUE, SET FALSE, ADMIN TRUE;
  GRANT "Eigner ""ä""" TO app WITH INHERIT FALSE;`;

const dump = { user: "dump", password: "dump" };

async function globalsAs(server: TestServer, role: { user?: string; password?: string } = {}, passwords = false): Promise<Globals> {
  const session = await openSession({ ...server.connection, ...role }, "postgres");
  try {
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    const globals = await readGlobals(session, { passwords });
    // Whatever was forbidden, the transaction that holds a snapshot lives.
    await session.query("SELECT 1");
    globalsSchema.parse(globals.globals);
    return globals;
  } finally {
    await session.end();
  }
}

const withTablespace = async (server: TestServer) => {
  const folder = join(server.folder, "schnell ö");
  mkdirSync(folder);
  giveToServerAccount(folder);
  await server.psql(`CREATE TABLESPACE "schnell ü" OWNER app LOCATION '${folder}' WITH (random_page_cost = 1.5, seq_page_cost = 2)`);
  await server.psql(`COMMENT ON TABLESPACE "schnell ü" IS 'erste
zweite'; GRANT CREATE ON TABLESPACE "schnell ü" TO "App 2" WITH GRANT OPTION`);
};

describe.for(testedMajors)("the roles of a PostgreSQL %s", { timeout: 60_000 }, (major) => {
  const skipped = missingPostgres(major);
  let source: TestServer;
  beforeAll(async () => {
    if (skipped) return;
    source = await startPostgres({ major });
    await source.psql(CLUSTER + (major >= 16 ? MODERN : ""));
    await withTablespace(source);
  }, 60_000);
  afterAll(() => source?.stop());

  it.skipIf(skipped)("are read by an ordinary role as a superuser reads them", async () => {
    const read = await globalsAs(source, dump);
    expect(read.globals).toEqual((await globalsAs(source)).globals);
    expect(read.verifiers.size).toBe(0);
    expect(read.globals.roles).toContainEqual({
      name: "app",
      superuser: false,
      inherit: true,
      createRole: false,
      createDatabase: false,
      login: true,
      replication: false,
      bypassRls: false,
      connectionLimit: 7,
      validUntil: "2031-02-03T02:05:06.789000Z",
      comment: null,
      hasPassword: true,
    });
    expect(read.globals.roles.find(({ name }) => name === "App 2")).toMatchObject({ validUntil: "infinity", hasPassword: false });
    expect(read.globals.roles.map(({ name }) => name)).not.toContain("pg_monitor");
    expect(read.globals.memberships).toContainEqual({
      role: "pg_monitor",
      member: "App 2",
      grantor: "postgres",
      admin: true,
      inherit: major >= 16 ? false : null,
      set: major >= 16 ? true : null,
    });
    expect(read.globals.settings).toContainEqual({
      role: "app",
      database: null,
      name: "search_path",
      value: '"$user", "Schéma ""x""", public',
    });
    expect(read.globals.settings).toContainEqual({ role: null, database: null, name: "statement_timeout", value: "1h" });
    expect(read.globals.tablespaces).toMatchObject([{ name: "schnell ü", options: ["random_page_cost=1.5", "seq_page_cost=2"] }]);
    expect(read.warnings).toEqual([]);
  });

  it.skipIf(skipped)("are read where pg_authid is hidden, and verifiers then refused", async () => {
    await source.psql("CREATE ROLE klein LOGIN PASSWORD 'klein'");
    const klein = { user: "klein", password: "klein" };
    const read = await globalsAs(source, klein);
    expect(new Set(read.globals.roles.map(({ hasPassword }) => hasPassword))).toEqual(new Set([null]));
    await expect(globalsAs(source, klein, true)).rejects.toMatchObject({
      exitCode: ExitCode.Permission,
      problems: [{ where: "dump.rolePasswords", next: expect.stringContaining('GRANT SELECT ON pg_catalog.pg_authid TO "klein";') }],
    });
    await source.psql("GRANT SELECT ON pg_catalog.pg_authid TO klein");
    expect((await globalsAs(source, klein, true)).verifiers.get("app")).toMatch(/^SCRAM-SHA-256\$/);
    await source.psql("REVOKE SELECT ON pg_catalog.pg_authid FROM klein; DROP ROLE klein");
  });

  it.skipIf(skipped)("come with warnings for security labels, which are not saved", async () => {
    await source.psql(`SET allow_system_table_mods = on;
      INSERT INTO pg_shseclabel SELECT oid, 'pg_authid'::regclass, 'prüfer', 'geheim' FROM pg_authid WHERE rolname = 'App 2'`);
    expect((await globalsAs(source, dump)).warnings).toEqual(['the security label of provider prüfer on role "App 2" is not saved']);
    await source.psql("SET allow_system_table_mods = on; DELETE FROM pg_shseclabel");
  });

  for (const target of testedMajors.filter((version) => version >= major)) {
    const targetSkipped = skipped ?? missingPostgres(target);
    it.skipIf(targetSkipped)(`come back equal on a fresh PostgreSQL ${target}, and a second run changes nothing`, async () => {
      const recorded = await globalsAs(source, dump, true);
      const script = renderGlobals(recorded.globals, recorded.verifiers);
      const fresh = await startPostgres({ major: target });
      try {
        await fresh.psql(script);
        const restored = await globalsAs(fresh, {}, true);
        expect(compareGlobals(recorded.globals, restored.globals, { passwords: true, tablespaces: false })).toEqual([]);
        expect(without(restored.verifiers, "postgres")).toEqual(without(recorded.verifiers, "postgres"));
        const state = await wholeState(fresh);
        await fresh.psql(script);
        expect(await wholeState(fresh)).toBe(state);
        // The commented statements make the tablespace once its folder is there.
        const folder = join(fresh.folder, "anderswo");
        mkdirSync(folder);
        giveToServerAccount(folder);
        const statements = [...script.matchAll(/^-- {3}(.*)$/gm)].map(([, line]) => line).slice(1);
        await fresh.psql(statements.join("\n").replace(/LOCATION '[^']*'/, `LOCATION '${folder}'`));
        const [tablespace] = recorded.globals.tablespaces;
        const moved = { ...recorded.globals, tablespaces: tablespace ? [{ ...tablespace, location: folder }] : [] };
        expect(compareGlobals(moved, (await globalsAs(fresh)).globals)).toEqual([]);
      } finally {
        await fresh.stop();
      }
    });

    it.skipIf(targetSkipped)(`leave on an existing PostgreSQL ${target} what is there already`, async () => {
      const recorded = await globalsAs(source, dump, true);
      const other = await startPostgres({ major: target });
      try {
        await other.psql(
          "CREATE ROLE app LOGIN PASSWORD 'bleibt' CREATEDB; ALTER ROLE app SET work_mem TO '1MB'; ALTER ROLE ALL SET statement_timeout TO '5s'",
        );
        const before = await globalsAs(other, {}, true);
        expect(planRoles(recorded.globals, before.globals)).toEqual({
          create: ["App 2", 'Eigner "ä"', "dump", "into", LINE_BREAK].sort(),
          keep: [
            {
              name: "app",
              differences: [
                "createDatabase true, was false",
                "connectionLimit -1, was 7",
                "validUntil null, was 2031-02-03T02:05:06.789000Z",
              ],
            },
            { name: "postgres", differences: [] },
          ],
          withoutPassword: ["dump"],
        });
        await other.psql(renderGlobals(recorded.globals));
        const after = await globalsAs(other, {}, true);
        expect(after.verifiers.get("app")).toBe(before.verifiers.get("app"));
        expect(after.verifiers.has("dump")).toBe(false);
        const differences = compareGlobals(recorded.globals, after.globals, { tablespaces: false });
        expect(differences.sort()).toEqual(
          [
            "role app: createDatabase true, was false",
            "role app: connectionLimit -1, was 7",
            "role app: validUntil null, was 2031-02-03T02:05:06.789000Z",
            "setting work_mem of role app: 1MB, was 77MB",
            'setting search_path of role app: missing, was "$user", "Schéma ""x""", public',
            "setting DateStyle of role app: missing, was SQL, DMY",
            'setting temp_tablespaces of role app: missing, was ""',
            "setting statement_timeout: 5s, was 1h",
          ].sort(),
        );
      } finally {
        await other.stop();
      }
    });
  }

  it.skipIf(skipped)("come back under a bootstrap superuser of another name", async () => {
    const recorded = await globalsAs(source, dump);
    const fresh = await startPostgres({ major, authentication: "trust" });
    try {
      await fresh.psql("CREATE ROLE kurz SUPERUSER LOGIN");
      await fresh.psql("SELECT 1");
      const asKurz = { ...fresh.connection, user: "kurz" };
      const session = await openSession(asKurz, "postgres");
      await session.query("ALTER ROLE postgres RENAME TO scratch");
      await session.end();
      fresh.connection.user = "scratch";
      await fresh.psql("DROP ROLE kurz");
      await fresh.psql(renderGlobals(recorded.globals));
      const restored = await globalsAs(fresh);
      expect(compareGlobals(recorded.globals, restored.globals, { tablespaces: false })).toEqual([]);
      expect(restored.globals.bootstrapSuperuser).toBe("scratch");
    } finally {
      await fresh.stop();
    }
  });

  it.skipIf(skipped)("differ by name after any change", async () => {
    const { globals } = await globalsAs(source, dump);
    const fresh = await startPostgres({ major });
    try {
      await fresh.psql(renderGlobals(globals));
      await fresh.psql(`ALTER ROLE "App 2" NOCREATEDB; COMMENT ON ROLE app IS 'x'; REVOKE "Eigner ""ä""" FROM "App 2" CASCADE; ALTER ROLE app RESET work_mem;
        ALTER ROLE dump SET work_mem TO '1MB'; DROP ROLE "into"; CREATE ROLE neu; GRANT pg_monitor TO dump; GRANT pg_read_all_data TO dump WITH ADMIN OPTION;
        REVOKE SET ON PARAMETER "my.custom" FROM PUBLIC; GRANT SET ON PARAMETER work_mem TO dump`);
      const differences = compareGlobals(globals, (await globalsAs(fresh)).globals, { tablespaces: false });
      expect(differences).toEqual(
        expect.arrayContaining([
          'role "App 2": createDatabase false, was true',
          'role app: comment "x", was null',
          "role into: missing",
          "role neu: was not there",
          'membership of "App 2" in "Eigner ""ä""": missing, was granted by bootstrap-superuser',
          "membership of dump in pg_monitor: was not there",
          "membership of dump in pg_read_all_data: option admin true, was false",
          "setting work_mem of role app: missing, was 77MB",
          "setting work_mem of role dump: 1MB, was not set",
          "parameter my.custom: SET of PUBLIC, granted by bootstrap-superuser, is missing",
          "parameter work_mem: SET of dump, granted by bootstrap-superuser, was not there",
        ]),
      );
      expect(compareGlobals(globals, (await globalsAs(fresh)).globals)).toContain(
        "tablespace schnell ü: missing".replace("schnell ü", '"schnell ü"'),
      );
    } finally {
      await fresh.stop();
    }
  });

  it.skipIf(skipped)("can be restored for a few roles only, by a role that may create roles", async () => {
    const { globals } = await globalsAs(source, dump);
    const fresh = await startPostgres({ major, authentication: "trust" });
    try {
      await fresh.psql("CREATE ROLE mittler LOGIN CREATEROLE");
      const session = await openSession({ ...fresh.connection, user: "mittler" }, "postgres");
      await session.queryLast(renderGlobals(globals, new Map(), { only: new Set(["app", LINE_BREAK]), parameters: false }));
      await session.end();
      const restored = await globalsAs(fresh);
      expect(restored.globals.roles.map(({ name }) => name)).toEqual(["app", LINE_BREAK, "mittler", "postgres"]);
      expect(restored.globals.memberships).toContainEqual(expect.objectContaining({ role: LINE_BREAK, member: "app" }));
      expect(restored.globals.settings.map(({ name }) => name)).toContain("work_mem");
    } finally {
      await fresh.stop();
    }
  });
});

describe("a membership whose grantor was dropped", { timeout: 60_000 }, () => {
  const skipped = missingPostgres(15);
  it.skipIf(skipped)("is kept, with a warning", async () => {
    const server = await startPostgres({ major: 15 });
    try {
      await server.psql(
        "CREATE ROLE a; CREATE ROLE b; CREATE ROLE gone SUPERUSER; SET ROLE gone; GRANT a TO b; RESET ROLE; DROP ROLE gone",
      );
      const { globals, warnings } = await globalsAs(server);
      expect(globals.memberships).toEqual([{ role: "a", member: "b", grantor: "postgres", admin: false, inherit: null, set: null }]);
      expect(warnings).toEqual(["role b is a member of a by a role that was dropped; postgres stands in for it"]);
    } finally {
      await server.stop();
    }
  });
});

function without(verifiers: ReadonlyMap<string, string>, role: string): [string, string][] {
  return [...verifiers].filter(([name]) => name !== role).sort();
}

/** Every row of the catalogues of roles with its version: unequal after any write. */
function wholeState(server: TestServer): Promise<string> {
  const catalogues = ["pg_authid", "pg_auth_members", "pg_db_role_setting", "pg_shdescription"];
  const states = catalogues.map((name) => `SELECT xmin, t FROM ${name} t ORDER BY t::text;`);
  // GRANT writes a list anew even where it changes nothing in it.
  return server.psql([...states, "SELECT * FROM pg_parameter_acl ORDER BY oid"].join("\n"));
}
