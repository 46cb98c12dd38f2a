import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMigrations } from "../../packages/agent/src/application/readMigrations.js";
import { openSession, type Session } from "../../packages/agent/src/postgresql/session.js";
import { backUp, newFolderStore } from "../support/backupRun.js";
import { APPLIED, MIGRATION_TABLES_SQL } from "../support/fixtures/migrationTables.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

describe.each(testedMajors)("the migrations in a database of PostgreSQL %i", (major) => {
  let server: TestServer;
  const opened: Session[] = [];

  beforeAll(async () => {
    server = await startPostgres({ major });
    await server.psql("CREATE DATABASE app; CREATE DATABASE odd; CREATE ROLE reader LOGIN PASSWORD 'r'");
    await server.psql(MIGRATION_TABLES_SQL, "app");
  });
  afterAll(async () => {
    await Promise.all(opened.map((session) => session.end()));
    await server?.stop();
  });

  /** In a transaction like the one that a backup holds. */
  const held = async (database: string, user?: { user: string; password: string }) => {
    const session = await openSession({ ...server.connection, ...user }, database);
    opened.push(session);
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    return session;
  };
  const usable = async (session: Session) =>
    expect(await session.query("SELECT pg_catalog.current_setting('row_security') AS row_security, 1 AS one")).toEqual([
      { row_security: "on", one: 1 },
    ]);

  it("are read from the tables of all nine tools; what failed or was taken back does not count", async () => {
    const { records, unread } = await readMigrations(await held("app"));
    expect(unread).toEqual([]);
    expect(records.map(({ table, tool, applied }) => [table, tool, applied])).toEqual(APPLIED);
    for (const record of records) {
      const head = record.tool === "alembic" ? "1975ea83b712, ae1027a6acf" : record.applied.at(-1);
      expect(record).toMatchObject({ database: "app", head, count: record.applied.length });
    }
  });

  it("are told as unread where they cannot be read, and the transaction goes on", async () => {
    await server.psql(
      `CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
       CREATE TABLE migrations (id serial PRIMARY KEY, migration varchar(255) NOT NULL, batch int NOT NULL);
       CREATE TABLE alembic_version (version_num varchar(32) NOT NULL); INSERT INTO alembic_version VALUES ('a'), ('b');
       ALTER TABLE alembic_version ENABLE ROW LEVEL SECURITY; GRANT SELECT ON alembic_version TO reader;
       CREATE POLICY half ON alembic_version USING (version_num = 'a');
       CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch int, migration_time timestamptz);
       CREATE TABLE django_migrations (id bigint, app text, name text, applied timestamptz);
       INSERT INTO django_migrations SELECT n, 'a', n::text, now() FROM generate_series(1, 20001) n; GRANT SELECT ON django_migrations TO reader;
       CREATE VIEW _prisma_migrations AS SELECT 1 AS one;
       CREATE TYPE shout AS (word text); CREATE TABLE flyway_schema_history (installed_rank int, version shout);`,
      "odd",
    );
    const session = await held("odd", { user: "reader", password: "r" });
    const { records, unread } = await readMigrations(session);
    expect(records).toEqual([]);
    expect(unread).toEqual([
      'odd: public.alembic_version could not be read: query would be affected by row-level security policy for table "alembic_version"',
      "odd: public.django_migrations could not be read: it has more than 20000 rows",
      "odd: public.flyway_schema_history is passed over: it is named like the table of Flyway and lacks its version, description, type, script, success; application.migrationQueries can read it",
      "odd: public.knex_migrations could not be read: permission denied",
      "odd: public.migrations is passed over: it is named like the table of TypeORM and lacks its timestamp, name; application.migrationQueries can read it",
      "odd: public.schema_migrations is passed over: it is named like the table of Rails and lacks its version; application.migrationQueries can read it",
    ]);
    await usable(session);
  });

  it("come from the user's own query where there is one, and whatever it does, the transaction goes on", async () => {
    const session = await held("app");
    const read = (query: string) => readMigrations(session, query);
    expect((await read("SELECT name, id FROM knex.knex_migrations ORDER BY id -- the newest last\n;")).records).toEqual([
      {
        database: "app",
        tool: "query",
        table: "query",
        head: "20260201_orders.js",
        count: 2,
        applied: ["20260101_init.js", "20260201_orders.js"],
      },
    ]);
    expect((await read("SELECT 42 WHERE false")).records).toMatchObject([{ head: null, count: 0, applied: [] }]);
    const refusals: [string, string][] = [
      ["SELECT version FROM nowhere.at_all", 'relation "nowhere.at_all" does not exist'],
      ["SELECT 1) AS x; COMMIT; SELECT (1", "syntax error"],
      ["SELECT 1; COMMIT", "syntax error"],
      ["DELETE FROM knex.knex_migrations RETURNING name", "syntax error"],
      ["SELECT pg_catalog.repeat('x', 2000)", "longer than 1000 characters"],
      ["SELECT pg_catalog.nextval('knex.knex_migrations_id_seq')", "read-only transaction"],
    ];
    for (const [query, reason] of refusals) {
      const { records, unread } = await read(query);
      expect(records, query).toEqual([]);
      expect(unread, query).toEqual([expect.stringContaining(`app: query could not be read: `)]);
      expect(unread[0], query).toContain(reason);
      await usable(session);
    }
  });

  // Two seconds of waiting, and no other on another major.
  if (major === testedMajors[0])
    it("are not waited for long where somebody holds the table", async () => {
      const other = await held("app");
      await other.query("ROLLBACK");
      await other.query("BEGIN");
      await other.query("LOCK TABLE rails.schema_migrations IN ACCESS EXCLUSIVE MODE");
      const session = await held("app");
      const { records, unread } = await readMigrations(session);
      await other.query("ROLLBACK");
      expect(records).toHaveLength(APPLIED.length - 1);
      expect(unread).toEqual(["app: rails.schema_migrations could not be read: canceling statement due to lock timeout"]);
      await usable(session);
    });
});

describe("the migrations in a recovery point", () => {
  it("are those of its own instant, while migrations are applied all the time", { timeout: 120_000 }, async () => {
    const server = await startPostgres();
    const { store, remove } = await newFolderStore();
    let done = false;
    let migrating: Promise<unknown> | undefined;
    try {
      for (const database of ["core", "backend"]) {
        await server.psql(`CREATE DATABASE ${database}`);
        await server.psql("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)", database);
      }
      const migrate = async (database: string) => {
        const session = await openSession(server.connection, database);
        for (let version = 1; !done; version += 1)
          await session.query("INSERT INTO public.schema_migrations VALUES ($1)", [String(version)]);
        await session.end();
      };
      migrating = Promise.all(["core", "backend"].map(migrate));
      const seen = new Set<number>();
      for (let run = 0; run < 4; run += 1) {
        const { manifest } = await backUp({ connection: server.connection, store, databases: ["core", "backend"] });
        const { migrations } = manifest.application ?? {};
        expect(migrations?.map(({ database }) => database)).toEqual(["core", "backend"]);
        for (const { database, count, head } of migrations ?? []) {
          const table = manifest.databases.find(({ name }) => name === database)?.tables[0];
          // The rows that pg_dump saw, in another session on the same snapshot.
          expect(count).toBe(table?.digest.rows);
          expect(head).toBe(count === 0 ? null : String(count));
          seen.add(count);
        }
      }
      expect(seen.size).toBeGreaterThan(2);
    } finally {
      done = true;
      await migrating;
      await server.stop();
      await remove();
    }
  });
});
