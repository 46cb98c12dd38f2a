import { text } from "node:stream/consumers";
import { type Connection, ExitCode, type Manifest, Verdict } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStored } from "../../packages/agent/src/codec/readStored.js";
import { runDrill } from "../../packages/agent/src/drill/drill.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import type { RestoreOptions } from "../../packages/agent/src/restore/RestoreOptions.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { backUp, newFolderStore, type TestStore, testConfig } from "../support/backupRun.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";
import { type SimulatedRds, startSimulatedRds } from "../support/simulatedRds.js";

/** An application's database, made by the master user, whose tables belong to a role of the application. */
const APPLICATION = `
  CREATE SCHEMA sales AUTHORIZATION app_owner;
  CREATE EXTENSION pgcrypto;
  SET ROLE app_owner;
  CREATE TABLE sales.customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, secret bytea);
  INSERT INTO sales.customer (name) SELECT 'customer ' || n FROM generate_series(1, 500) n;
  CREATE TABLE sales.payment (id int PRIMARY KEY, customer int REFERENCES sales.customer, amount numeric(12, 2));
  INSERT INTO sales.payment SELECT n, 1 + n % 500, n / 7.0 FROM generate_series(1, 2000) n;
  CREATE VIEW sales.total AS SELECT customer, sum(amount) FROM sales.payment GROUP BY 1;
  GRANT USAGE ON SCHEMA sales TO app_user; GRANT SELECT, INSERT ON sales.customer TO app_user;
  RESET ROLE;`;

describe.each(testedMajors)("Amazon RDS, simulated on PostgreSQL %i", (major) => {
  let rds: SimulatedRds;
  let own: TestServer;
  let store: TestStore;
  beforeAll(async () => {
    [rds, own, store] = await Promise.all([startSimulatedRds({ major }), startPostgres({ major }), newFolderStore()]);
    // The master user acts for the application's owner, and for no role that has rds_iam: it could no longer log in by its password.
    await rds.psql(`CREATE ROLE app_owner; CREATE ROLE app_user LOGIN PASSWORD 'of the application' IN ROLE rds_iam; CREATE ROLE dumper LOGIN PASSWORD 'of the dumper';
      GRANT rds_iam, pg_read_all_data TO dumper; ALTER ROLE app_user SET work_mem = '8MB';
      GRANT app_owner TO master;`);
    await rds.psql("CREATE DATABASE shop OWNER app_owner");
    await rds.psql("ALTER DATABASE shop SET statement_timeout = '1h'");
    await rds.psql("GRANT CREATE ON DATABASE shop TO master", "shop");
    await rds.psql(APPLICATION, "shop");
  });
  afterAll(async () => {
    await Promise.all([rds?.server.stop(), own?.stop(), store?.remove()]);
  });

  const dumper = (): Connection => ({ ...rds.master, user: "dumper", password: "of the dumper" });
  const backUpAs = async (connection: Connection, databases = ["shop"], waive: string[] = []) =>
    (await backUp({ connection, store: store.store, databases, config: waive.length > 0 ? { dump: { waive } } : {} })).manifest;
  const drill = (manifest: Manifest) =>
    runDrill({
      config: testConfig(manifest.databases.map(({ name }) => name)),
      store: store.store,
      manifest,
      identities: [],
      reporter: silentReporter,
    });
  const restore = (manifest: Manifest, connection: Connection, changes: Partial<RestoreOptions> = {}) =>
    runRestore({ store: store.store, connection, manifest, reporter: silentReporter, ...changes });

  describe("a backup", () => {
    it.each([
      ["a dump role", dumper],
      ["the master user", () => rds.master],
    ])("by %s is proven by a drill, roles and all", async (_, connection) => {
      const manifest = await backUpAs(connection());
      const result = await drill(manifest);
      expect(result.checks.filter(({ verdict }) => verdict !== Verdict.Pass)).toEqual([]);
      expect(result.verdict).toBe(Verdict.Pass);
      expect(result.tables.map(({ schema, name }) => `${schema}.${name}`).sort()).toEqual(["sales.customer", "sales.payment"]);
    });

    it("holds none of the service's own roles, but who is a member of them", async () => {
      const { globals } = await backUpAs(dumper());
      expect(globals.bootstrapSuperuser).toBe("rdsadmin");
      expect(globals.roles.map(({ name }) => name)).toEqual(["app_owner", "app_user", "dumper", "master"]);
      expect(globals.memberships.map(({ role, member }) => `${member} in ${role}`)).toEqual(
        expect.arrayContaining(["app_user in rds_iam", "dumper in rds_iam", "dumper in pg_read_all_data", "master in rds_superuser"]),
      );
      expect(globals.memberships.filter(({ member }) => member.startsWith("rds"))).toEqual([]);
      expect(globals.settings).toEqual([{ role: "app_user", database: null, name: "work_mem", value: "8MB" }]);
    });

    it("of the database rdsadmin is refused by its name", async () => {
      const problem = await problemOf(backUpAs(rds.master, ["shop", "rdsadmin"]));
      expect(problem.exitCode).toBe(ExitCode.Configuration);
      expect(problem.problems).toMatchObject([
        { where: "databases[1]", allowed: "postgres, shop", reason: expect.stringContaining("Amazon RDS's own") },
      ]);
    });

    it("cannot read password verifiers, and says so", async () => {
      const attempt = backUp({
        connection: rds.master,
        store: store.store,
        databases: ["shop"],
        config: { dump: { rolePasswords: true } },
      });
      expect((await problemOf(attempt)).message).toMatch(/role master may not read pg_authid[\s\S]*dump.rolePasswords to false/);
    });

    it("names what no role of RDS can dump, and passes its drill once that is waived", async () => {
      await rds.psql("CREATE DATABASE awkward");
      await rds.psql(
        `CREATE TABLE kept AS SELECT generate_series(1, 10) AS n; SELECT lo_from_bytea(0, 'of the master user');
         CREATE TABLE secret (n int); ALTER TABLE secret ENABLE ROW LEVEL SECURITY; INSERT INTO secret VALUES (1)`,
        "awkward",
      );
      // As RDS lets rds_superuser do, and a server of one's own only superusers.
      await rds.server.psql(
        `CREATE SUBSCRIPTION far CONNECTION 'host=127.0.0.1 password=hunter2 dbname=none' PUBLICATION p WITH (connect = false, slot_name = NONE);
         CREATE EXTENSION postgres_fdw; CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw; GRANT USAGE ON FOREIGN SERVER elsewhere TO app_user;
         CREATE USER MAPPING FOR app_user SERVER elsewhere OPTIONS (user 'u', password 'hunter2')`,
        "awkward",
      );
      const refused = await problemOf(backUpAs(dumper(), ["awkward"]));
      const names = ["row-level-security:public.secret", "large-objects", "subscription:far", "user-mapping-options:elsewhere/app_user"];
      expect(refused.problems.map(({ where }) => where)).toEqual(names.map((name) => `database awkward, ${name}`));
      expect(refused.message).toContain("make it a member of the table's owner");
      expect(refused.message).not.toContain("hunter2");
      const waived = await backUpAs(dumper(), ["awkward"], names);
      expect(waived.waived).toEqual(names.map((name) => `awkward: ${name}`));
      expect((await drill(waived)).checks.filter(({ verdict }) => verdict !== Verdict.Pass)).toEqual([]);
      await rds.server.psql("ALTER SUBSCRIPTION far DISABLE; DROP SUBSCRIPTION far", "awkward");
      await rds.server.psql("DROP DATABASE awkward");
    });
  });

  describe("a recovery point of RDS restored into a server of one's own", () => {
    it("comes with the application's roles and none of the service's, and tells which memberships have no meaning there", async () => {
      const manifest = await backUpAs(dumper());
      const result = await restore(manifest, own.connection);
      expect(result.checks.map(({ verdict }) => verdict)).toEqual([Verdict.Pass]);
      expect(result.leftOut).toEqual([]);
      expect(await own.psql("SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname !~ '^pg_'")).toBe(
        "app_owner app_user dumper master postgres",
      );
      expect(result.notices.join("\n")).toMatch(/roles of the managed service[^\n]*app_user in rds_iam[^\n]*master in rds_superuser/);
      expect(await own.psql("SELECT pg_has_role('dumper', 'pg_read_all_data', 'MEMBER')")).toBe("t");
      expect(await own.psql("SELECT count(*) FROM sales.payment", "shop")).toBe("2000");
      await own.psql("DROP DATABASE shop");
      await own.psql("DROP OWNED BY app_user, dumper, master, app_owner; DROP ROLE app_user, dumper, master, app_owner");
    });

    it("can have its roles by hand, with psql, too", async () => {
      const manifest = await backUpAs(dumper());
      const sql = await text(await readStored(store.store, manifest.globals.object, []));
      await own.psql(sql);
      await own.psql(sql);
      expect(await own.psql("SELECT count(*) FROM pg_roles WHERE rolname ~ '^rds' OR rolname = 'master' AND rolsuper")).toBe("0");
      await own.psql("DROP ROLE app_user, dumper, master, app_owner");
      // Where RDS runs the server the memberships come back, save the one that would lock out who made the role.
      const [one] = await Promise.all([startSimulatedRds({ major })]);
      await one.psql(sql);
      expect(
        await one.psql("SELECT pg_has_role('app_user', 'rds_iam', 'MEMBER'), pg_has_role('dumper', 'pg_read_all_data', 'MEMBER')"),
      ).toBe("f|t");
      await one.server.stop();
    });

    it("refuses grants to a role of the service by its name, and says what can stand in", async () => {
      await rds.server.psql("GRANT SELECT ON sales.total TO rds_superuser", "shop");
      try {
        const manifest = await backUpAs(dumper());
        expect((await drill(manifest)).verdict).toBe(Verdict.Pass);
        const problem = await problemOf(restore(manifest, own.connection));
        expect(problem.problems.map(({ where }) => where)).toEqual(["role rds_superuser"]);
        expect(problem.message).toContain("CREATE ROLE rds_superuser NOLOGIN");
      } finally {
        await rds.server.psql("REVOKE SELECT ON sales.total FROM rds_superuser", "shop");
      }
    });

    it("leaves out settings that only RDS knows, with a notice", async () => {
      await rds.server.psql("ALTER DATABASE shop SET rds.force_autovacuum_logging_level = 'info'");
      try {
        const result = await restore(await backUpAs(dumper()), own.connection, { databases: [{ name: "shop", as: "with_settings" }] });
        expect(result.notices).toContain(
          "setting rds.force_autovacuum_logging_level of shop is left out: it is Amazon RDS's own and means nothing here",
        );
        expect(await own.psql("SELECT setconfig FROM pg_db_role_setting WHERE setrole = 0 AND setdatabase <> 0")).toBe(
          "{statement_timeout=1h}",
        );
      } finally {
        await rds.server.psql("ALTER DATABASE shop RESET rds.force_autovacuum_logging_level");
      }
    });
  });

  describe("a recovery point restored into RDS by the master user", () => {
    it("of RDS replaces the database, verifies every row, and can be undone", async () => {
      const manifest = await backUpAs(dumper());
      await rds.psql("SET ROLE app_owner; DELETE FROM sales.payment", "shop");
      const result = await restore(manifest, rds.master, { yesReplace: ["shop"], keepReplaced: false });
      expect(result.checks.map(({ verdict }) => verdict)).toEqual([Verdict.Pass]);
      expect(result.leftOut).toEqual([]);
      expect(
        await rds.server.psql("SELECT count(*), min(tableowner) FROM sales.payment, pg_tables WHERE schemaname = 'sales'", "shop"),
      ).toBe("4000|app_owner");
    });

    it("of another instance of RDS brings its roles, and does not take the master user's password from it", async () => {
      await rds.psql("SET ROLE app_owner; GRANT SELECT ON sales.total TO app_user", "shop");
      const manifest = await backUpAs(dumper());
      const other = await startSimulatedRds({ major, hostBasedAuthentication: ["host all +rds_iam 127.0.0.1/32 reject"] });
      try {
        // On RDS rds_superuser is no member of rds_iam; its right to grant it is the service's own.
        await other.server.psql("REVOKE rds_iam FROM rds_superuser");
        const result = await restore(manifest, other.master);
        expect(result.roles.created).toEqual(expect.arrayContaining(["app_owner", "app_user"]));
        expect(result.notices).toContainEqual(expect.stringMatching(/^rds_iam is not granted to app_user(, dumper)?: master makes them/));
        expect(result.checks.map(({ verdict }) => verdict)).toEqual([Verdict.Pass]);
        expect(
          await other.psql(
            "SELECT count(*) FROM pg_roles WHERE pg_has_role(oid, 'rds_iam', 'MEMBER') AND NOT rolsuper AND rolname <> 'rds_iam'",
          ),
        ).toBe("0");
      } finally {
        await other.server.stop();
      }
    });

    it("never goes into the database rdsadmin", async () => {
      const manifest = await backUpAs(dumper());
      const problem = await problemOf(
        restore(manifest, rds.master, { databases: [{ name: "shop", as: "rdsadmin" }], yesReplace: ["rdsadmin"] }),
      );
      expect(problem.message).toContain("the managed service keeps this database for itself");
    });

    it("of a server of one's own names first what it lets nobody create, and restores the rest without it", async () => {
      await own.psql(
        `CREATE ROLE boss SUPERUSER; CREATE ROLE copier LOGIN REPLICATION; CREATE ROLE reader BYPASSRLS; CREATE ROLE app_two; CREATE DATABASE mine OWNER app_two`,
      );
      await own.psql(
        `CREATE EXTENSION pgcrypto; CREATE EXTENSION postgres_fdw;
         CREATE TABLE orders AS SELECT generate_series(1, 700) AS n; ALTER TABLE orders OWNER TO app_two; GRANT SELECT ON orders TO copier, reader;
         CREATE SCHEMA office AUTHORIZATION boss; CREATE TABLE office.ledger AS SELECT generate_series(1, 30) AS n; ALTER TABLE office.ledger OWNER TO boss;
         COMMENT ON EXTENSION pgcrypto IS 'as we like it';
         CREATE PUBLICATION everything FOR ALL TABLES;
         CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
         CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION watch();
         CREATE FUNCTION sealed(int) RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT $1';
         ALTER FUNCTION watch() OWNER TO app_two; ALTER FUNCTION sealed(int) OWNER TO app_two`,
        "mine",
      );
      await own.psql("ALTER DATABASE mine SET log_min_duration_statement = '1s'; ALTER DATABASE mine SET work_mem = '16MB'");
      const manifest = await backUpAs(own.connection, ["mine"]);
      // Its functions belong to `postgres`, who is no more than a name here.
      const problem = await problemOf(restore(manifest, rds.master));
      expect(problem.exitCode).toBe(ExitCode.Permission);
      const named = problem.problems.map(({ where }) => where);
      for (const entry of [
        "PUBLICATION everything",
        "EVENT TRIGGER watching",
        "FUNCTION public.sealed",
        "EXTENSION postgres_fdw",
        "setting log_min_duration_statement",
      ])
        expect(
          named.filter((where) => where.startsWith(`database mine: ${entry}`)),
          `${entry} in\n${problem.message}`,
        ).toHaveLength(1);
      expect(problem.message).toMatch(
        /EVENT TRIGGER watching: role master may not create it, although it is a member of rds_superuser: permission denied/,
      );
      expect(problem.message).toMatch(/EXTENSION postgres_fdw[^\n]*Amazon RDS does not let this instance have it/);
      expect(await rds.server.psql("SELECT count(*) FROM pg_database WHERE datname ~ 'mine|probe'")).toBe("0");

      const result = await restore(manifest, rds.master, { acceptMissing: true });
      expect(result.checks.map(({ verdict }) => verdict)).toEqual([Verdict.Pass]);
      const notices = result.notices.join("\n");
      expect(notices).toMatch(/role boss is created without SUPERUSER[^\n]*GRANT rds_superuser/);
      expect(notices).toMatch(/role copier is created without REPLICATION[^\n]*GRANT rds_replication/);
      expect(notices).toMatch(/role reader is created without BYPASSRLS/);
      expect(
        await rds.server.psql("SELECT count(*) FROM pg_roles WHERE rolsuper OR rolreplication AND rolname = 'copier' OR rolbypassrls"),
      ).toBe("1");
      expect(
        await rds.server.psql(
          "SELECT string_agg(tablename || ' ' || tableowner, ', ' ORDER BY 1) FROM pg_tables WHERE schemaname IN ('public', 'office')",
          "mine",
        ),
      ).toBe("ledger boss, orders app_two");
      expect(
        await rds.server.psql("SELECT obj_description(oid, 'pg_extension') FROM pg_extension WHERE extname = 'pgcrypto'", "mine"),
      ).toBe("as we like it");
      expect(
        await rds.server.psql(
          "SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase WHERE datname = 'mine'",
        ),
      ).toBe("{work_mem=16MB}");

      // And the way back, from RDS to a server of one's own.
      const back = await restore(await backUpAs(rds.master, ["mine"]), own.connection, { databases: [{ name: "mine", as: "mine_again" }] });
      expect(back.checks.map(({ verdict }) => verdict)).toEqual([Verdict.Pass]);
      expect(await own.psql("SELECT count(*) FROM orders", "mine_again")).toBe("700");
    });
  });
});
