import { Verdict } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDrill } from "../../packages/agent/src/drill/drill.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { SslMode } from "../../packages/core/src/index.js";
import { type AccessConnection, PostgresAccess, type PostgresAccessArgs } from "../../packages/postgresql/src/index.js";
import { createAdmin } from "../support/accessAdmin.js";
import { backUp, newFolderStore, type TestStore, testConfig } from "../support/backupRun.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { postgresqlProvider } from "../support/engine/providers/postgresql/postgresqlProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";
import { queryAs, refusalOf } from "../support/queryAs.js";

const databases = ["syntho-core", "syntho-backend"];

describe.skipIf(missingEngine() !== undefined).each(testedMajors)(
  "PostgresAccess on PostgreSQL %i, by an administrator who is no superuser",
  (major) => {
    let server: TestServer;
    let stack: EngineStack;
    let store: TestStore;
    let args: PostgresAccessArgs;
    let connections: Record<string, AccessConnection>;
    let dump: AccessConnection;
    let restore: AccessConnection;
    let superuserStatement: string;

    const declare =
      (changes: Partial<PostgresAccessArgs> = {}) =>
      () => {
        const access = new PostgresAccess("access", { ...args, ...changes });
        const { connections: all, dumpConnection, restoreConnection, superuserStatement: statement, effectivePolicy } = access;
        return Promise.resolve({ connections: all, dumpConnection, restoreConnection, superuserStatement: statement, effectivePolicy });
      };
    const newStack = () => startStack({ program: declare(), providers: [postgresqlProvider(), randomProvider()] });
    const uriOf = (login: string, database: string) => {
      const connection = connections[`${login}@${database}`];
      if (connection === undefined) throw new Error(`no connection of ${login} to ${database}`);
      return connection.uri;
    };
    /** What the next deployment would do; a step that only reads is none. */
    const planned = async (refresh = false) =>
      (await stack.preview({ refresh })).steps.filter(({ op }) => op !== "same" && op !== "refresh");
    const syntho = (sql: string, database = "syntho-core") => queryAs(uriOf("syntho", database), sql);

    beforeAll(async () => {
      server = await startPostgres({ major });
      store = await newFolderStore();
      args = {
        server: { host: server.connection.host, port: server.connection.port, sslMode: SslMode.Disable },
        admin: await createAdmin(server),
        databases: [
          { name: "syntho-core", owner: "syntho_owner", schemas: ["public", "ledger"], connectionLimit: 50 },
          { name: "syntho-backend", owner: "syntho_owner" },
          { name: "other" },
        ],
        applications: [
          { name: "syntho", databases, password: `it's "quoted" $HOME #1 ü` },
          { name: "neighbour", databases: ["other"] },
        ],
        readOnlyRoles: [{ name: "report", databases: ["syntho-core"] }],
        restoreRole: {},
      };
      stack = await newStack();
    });
    afterAll(async () => {
      await stack?.dispose();
      await store?.remove();
      await server?.stop();
    });

    it("is created, and then there is nothing left to do, not even after a refresh", async () => {
      await stack.up();
      const outputs = await stack.outputs();
      const secret = Object.entries(outputs).flatMap(([name, output]) => (output.secret ? [name] : []));
      expect(secret.sort()).toEqual(["connections", "dumpConnection", "restoreConnection"]);
      connections = outputs.connections?.value as typeof connections;
      dump = outputs.dumpConnection?.value as AccessConnection;
      restore = outputs.restoreConnection?.value as AccessConnection;
      superuserStatement = outputs.superuserStatement?.value as string;
      expect(Object.keys(connections).sort()).toEqual([
        "neighbour@other",
        "report@syntho-core",
        "syntho@syntho-backend",
        "syntho@syntho-core",
      ]);

      expect(await planned()).toEqual([]);
      expect(await planned(true)).toEqual([]);
    });

    it("lets the application create tables and rows, which belong to the owner and never to the login", async () => {
      expect(await syntho("SELECT current_user AS acts, session_user AS login")).toEqual([{ acts: "syntho_owner", login: "syntho" }]);
      for (const database of databases) {
        await syntho("CREATE TABLE payment (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount numeric NOT NULL)", database);
        await syntho("INSERT INTO payment (amount) SELECT n FROM generate_series(1, 100) n", database);
      }
      await syntho("CREATE SCHEMA later; CREATE TABLE later.entry (id int); INSERT INTO later.entry VALUES (1)");
      await syntho("CREATE TABLE ledger.entry (id int); INSERT INTO ledger.entry VALUES (1)");
      const owners = await server.psql(
        "SELECT DISTINCT relowner::regrole FROM pg_class WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace",
        "syntho-core",
      );
      expect(owners.trim()).toBe("syntho_owner");
      expect((await server.psql("SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'syntho'::regrole")).trim()).toBe("0");
    });

    it("keeps everybody else out: another application, and whoever else has a login", async () => {
      await server.psql("CREATE ROLE stranger LOGIN PASSWORD 'of the stranger'");
      const other = (user: string, password: string) =>
        `postgresql://${user}:${encodeURIComponent(password)}@${server.connection.host}:${server.connection.port}/syntho-core`;
      const neighbour = connections["neighbour@other"]?.password ?? "";
      expect(await refusalOf(other("neighbour", neighbour), "SELECT 1")).toContain('permission denied for database "syntho-core"');
      expect(await refusalOf(other("stranger", "of the stranger"), "SELECT 1")).toContain('permission denied for database "syntho-core"');
      expect(await refusalOf(other("syntho_owner", "x"), "SELECT 1")).toContain("password authentication failed");
    });

    it("lets the reader read what was created later, in every schema, and change nothing", async () => {
      const report = uriOf("report", "syntho-core");
      expect(await queryAs(report, "SELECT count(*)::int AS rows FROM payment")).toEqual([{ rows: 100 }]);
      expect(await queryAs(report, "SELECT * FROM later.entry UNION SELECT * FROM ledger.entry")).toEqual([{ id: 1 }]);
      expect(await queryAs(report, "SELECT last_value::int AS last FROM payment_id_seq")).toEqual([{ last: 100 }]);
      expect(await refusalOf(report, "INSERT INTO payment (amount) VALUES (1)")).toBe("permission denied for table payment");
      expect(await refusalOf(report, "DELETE FROM later.entry")).toBe("permission denied for table entry");
      expect(await refusalOf(report, "CREATE TABLE mine (id int)")).toBe("permission denied for schema public");
      expect(await refusalOf(report, "CREATE TEMPORARY TABLE mine (id int)")).toContain("permission denied to create temporary tables");
      expect(await refusalOf(report, "SET ROLE syntho_owner")).toContain("permission denied to set role");
    });

    it("takes a recovery point as the dump role, which may write nowhere, and the drill of it passes", async () => {
      const inCore = dump.uri.replace(/\/postgres\?/, "/syntho-core?");
      expect(await refusalOf(inCore, "INSERT INTO payment (amount) VALUES (1)")).toBe("permission denied for table payment");
      expect(await refusalOf(inCore, "CREATE TABLE mine (id int)")).toBe("permission denied for schema public");
      expect(await refusalOf(inCore, "CREATE TEMPORARY TABLE mine (id int)")).toContain("permission denied to create temporary tables");

      const connection = { ...server.connection, user: dump.username, password: dump.password };
      const { manifest } = await backUp({ connection, store: store.store, databases });
      const tables = manifest.databases.flatMap((database) =>
        database.tables.map(({ schema, name }) => `${database.name}: ${schema}.${name}`),
      );
      expect(tables.sort()).toEqual([
        "syntho-backend: public.payment",
        "syntho-core: later.entry",
        "syntho-core: ledger.entry",
        "syntho-core: public.payment",
      ]);
      const result = await runDrill({
        config: testConfig(databases),
        store: store.store,
        manifest,
        identities: [],
        reporter: silentReporter,
      });
      expect(result.checks.filter(({ verdict }) => verdict !== Verdict.Pass)).toEqual([]);
      expect(result.verdict).toBe(Verdict.Pass);

      await runRestore({
        store: store.store,
        connection: { ...server.connection, user: restore.username, password: restore.password },
        manifest,
        databases: [{ name: "syntho-core", as: "syntho-copy" }],
        reporter: silentReporter,
      });
      expect(
        await server.psql("SELECT count(*), min(relowner::regrole::text) FROM payment, pg_class WHERE relname = 'payment'", "syntho-copy"),
      ).toBe("100|syntho_owner");
      await server.psql('DROP DATABASE "syntho-copy"');
    });

    it("has the agent name what only a superuser can give, and the one statement gives it", async () => {
      await syntho("ALTER TABLE payment ENABLE ROW LEVEL SECURITY; SELECT lo_from_bytea(0, 'large')");
      const connection = { ...server.connection, user: dump.username, password: dump.password };
      const problem = await problemOf(backUp({ connection, store: store.store, databases: ["syntho-core"] }));
      expect(problem.message).toContain("row-level-security:public.payment");
      expect(problem.message).toContain("large-objects");
      await server.psql(superuserStatement, "syntho-core");
      const { manifest } = await backUp({ connection, store: store.store, databases: ["syntho-core"] });
      expect(manifest.databases[0]?.largeObjects.count).toBe(1);
      expect(await refusalOf(dump.uri.replace(/\/postgres\?/, "/syntho-core?"), "DELETE FROM payment")).toBe(
        "permission denied for table payment",
      );
      // What the superuser gave is not taken back by the next deployment, nor seen as a difference.
      expect(await planned(true)).toEqual([]);
    });

    it("notices a role dropped by hand only when it refreshes, as the official provider does, and then makes it again", async () => {
      await server.psql('DROP OWNED BY report; REVOKE ALL ON DATABASE "syntho-core" FROM report', "syntho-core");
      await server.psql("DROP ROLE report");
      // pulumi/pulumi-postgresql#143
      expect(await planned()).toEqual([]);
      const again = await stack.up({ refresh: true });
      expect(again.steps.filter(({ op }) => op === "create").map(({ name }) => name)).toContain("access-role-report");
      connections = (await stack.outputs()).connections?.value as typeof connections;
      // In the schemas that are declared. What it got in others by default, when things were created there, went with the role.
      expect(await queryAs(uriOf("report", "syntho-core"), "SELECT count(*)::int AS rows FROM ledger.entry")).toEqual([{ rows: 1 }]);
      expect(await refusalOf(uriOf("report", "syntho-core"), "SELECT FROM later.entry")).toBe("permission denied for schema later");
    });

    it("leaves everything on the server when it is destroyed, and says so; another stack adopts it", async () => {
      const destroyed = await stack.destroy();
      expect(destroyed.text).toContain("destroy: databases, their data, roles and grants stay on the server");
      expect(await stack.resources()).toEqual([]);
      expect(await syntho("SELECT count(*)::int AS rows FROM payment")).toEqual([{ rows: 100 }]);

      await stack.dispose();
      stack = await newStack();
      const adopted = await stack.up({ program: declare({ adopt: true }) });
      expect(adopted.steps.filter(({ op }) => op === "import").length).toBeGreaterThan(5);
      expect(await syntho("SELECT count(*)::int AS rows FROM payment")).toEqual([{ rows: 100 }]);
      const after = await stack.up();
      expect(after.steps.filter(({ op }) => !["same", "update"].includes(op))).toEqual([]);
      connections = (await stack.outputs()).connections?.value as typeof connections;
      expect(await queryAs(uriOf("report", "syntho-core"), "SELECT count(*)::int AS rows FROM ledger.entry")).toEqual([{ rows: 1 }]);
      expect(await planned()).toEqual([]);
    });
  },
);
