import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Manifest, Verdict } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import type { RestoreOptions } from "../../packages/agent/src/restore/RestoreOptions.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { createEveryObject } from "../support/fixtures/everyObject.js";
import { programFolder } from "../support/postgresPrograms.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

const newest = programFolder(18);

/** Tables and rows, counted by the server alone. */
const counts = `SELECT c.oid::regclass, (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ONLY ' || c.oid::regclass, false, true, '')))[1]
  FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text !~ '^pg_|information_schema' ORDER BY c.oid::regclass::text`;
/** The same where the server was built without XML. */
const owners =
  "SELECT c.oid::regclass, c.relowner::regrole, c.relkind FROM pg_class c WHERE c.relnamespace::regnamespace::text !~ '^pg_|information_schema' ORDER BY c.oid::regclass::text";

describe("a recovery point of PostgreSQL 15", () => {
  let source: TestServer;
  let store: TestStore;
  let manifest: Manifest;
  let byNewest: Manifest;

  beforeAll(async () => {
    source = await startPostgres({ major: 15 });
    store = await newFolderStore();
    await createEveryObject(source, "every", { portable: true });
    const run = { connection: source.connection, store: store.store, databases: ["every"] };
    ({ manifest } = await backUp(run));
    ({ manifest: byNewest } = await backUp({ ...run, config: { dump: { programs: newest } } }));
  });
  afterAll(async () => {
    await source?.stop();
    await store?.remove();
  });

  const into = (server: TestServer, changes: Partial<RestoreOptions> = {}) =>
    runRestore({ store: store.store, connection: server.connection, manifest, reporter: silentReporter, ...changes });

  it.each([16, 18] as const)("comes back on an empty PostgreSQL %i, with its roles", async (major) => {
    const server = await startPostgres({ major });
    try {
      const result = await into(server);
      expect(result.checks).toMatchObject([{ verdict: Verdict.Pass }]);
      expect(result.roles.created).toContain("every_owner");
      expect(result.roles.withoutPassword).toEqual(["every_app"]);
      expect(await server.psql(owners, "every")).toBe(await source.psql(owners, "every"));
      // A second restore finds the roles and leaves them alone.
      await server.psql("ALTER ROLE every_owner CONNECTION LIMIT 7");
      expect((await into(server, { databases: [{ name: "every", as: "again" }] })).roles.created).toEqual([]);
      expect(await server.psql("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'every_owner'")).toBe("7");
    } finally {
      await server.stop();
    }
  });

  it("comes back on PostgreSQL 15 although pg_dump 18 wrote it, through the script without its one unknown line", async () => {
    expect(byNewest.agent.pgDumpVersion).toMatch(/^18/);
    const result = await into(source, { manifest: byNewest, databases: [{ name: "every", as: "by_newest" }] });
    expect(result.checks).toMatchObject([{ verdict: Verdict.Pass }]);
    expect(await source.psql(owners, "by_newest")).toBe(await source.psql(owners, "every"));
    expect(await source.psql(counts, "by_newest")).toBe(await source.psql(counts, "every"));
  });

  it("loads with several jobs from a private folder that is gone afterwards", async () => {
    const workFolder = mkdtempSync(join(tmpdir(), "pgkeep-work-"));
    const seen = new Set<string>();
    const look = () => {
      for (const folder of readdirSync(workFolder)) for (const name of readdirSync(join(workFolder, folder))) seen.add(name);
    };
    const lines: string[] = [];
    const tell = (line: string) => void lines.push(line);
    const reporter = { ...silentReporter, info: tell, warning: tell, progress: look };
    const result = await into(source, { databases: [{ name: "every", as: "jobs" }], jobs: 4, workFolder, reporter });
    expect(result.checks).toMatchObject([{ verdict: Verdict.Pass }]);
    expect(lines.join("\n")).toMatch(/decrypted.*on disk/);
    // On Linux not even a killed agent leaves it: it has no name while it is there.
    expect(seen.has("archive")).toBe(process.platform !== "linux");
    expect(readdirSync(workFolder)).toEqual([]);
    rmSync(workFolder, { recursive: true });
  });

  it("loads with several jobs without a partitioned table's trigger firing for the rows", async () => {
    await source.psql("CREATE DATABASE fired");
    await source.psql(
      `CREATE TABLE log (what text);
       CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
       CREATE TABLE parent (id integer) PARTITION BY RANGE (id);
       SELECT format('CREATE TABLE part_%s PARTITION OF parent FOR VALUES FROM (%s) TO (%s)', n, n * 1000, n * 1000 + 1000) FROM generate_series(0, 19) n \\gexec
       INSERT INTO parent SELECT generate_series(0, 19999);
       CREATE TRIGGER noted AFTER INSERT ON parent FOR EACH ROW EXECUTE FUNCTION note();`,
      "fired",
    );
    const { manifest } = await backUp({ connection: source.connection, store: store.store, databases: ["fired"] });
    const result = await into(source, { manifest, databases: [{ name: "fired", as: "quiet" }], jobs: 4 });
    expect(result.checks).toMatchObject([{ verdict: Verdict.Pass }]);
    expect(await source.psql("SELECT count(*) FROM log; SELECT count(*) FROM parent", "quiet")).toBe("0\n20000");
  });

  it("is told beforehand what the target lacks, and restored without it once that is accepted", async () => {
    const [record] = manifest.databases;
    if (!record) throw new Error("no database");
    const setting = (name: string, value: string) => ({ role: null, database: "every", name, value });
    const settings = [
      setting("session_preload_libraries", "nowhere"),
      setting("old_setting", "1"),
      setting("work_mem", "11MB"),
      setting("custom.setting", "x"),
    ];
    const lacking = (properties: Partial<typeof record.properties>) => ({
      ...manifest,
      databases: [{ ...record, properties: { ...record.properties, ...properties } }],
    });
    const databases = [{ name: "every", as: "lacking" }];
    const problem = await problemOf(into(source, { manifest: lacking({ settings }), databases }));
    expect(problem.exitCode).toBe(78);
    expect(problem.problems.map(({ where }) => where)).toEqual([
      "database every: setting session_preload_libraries",
      "database every: setting old_setting",
    ]);
    const result = await into(source, { manifest: lacking({ settings, tablespace: "fast" }), databases, acceptMissing: true });
    expect(result.leftOut).toHaveLength(2);
    expect(result.notices.join("\n")).toContain("fast; what lay there goes to the default tablespace");
    expect(await source.psql("SHOW work_mem; SHOW custom.setting", "lacking")).toBe("11MB\nx");

    const locale = await problemOf(
      into(source, { manifest: lacking({ collate: "xx_XX.utf8", ctype: "xx_XX.utf8" }), databases: [{ name: "every", as: "other" }] }),
    );
    expect(locale.message).toMatch(/cannot have a database with its locale: could not create locale "xx_XX.utf8"/);
    const money = await problemOf(
      into(source, { manifest: lacking({ monetaryLocale: "xx_XX.utf8" }), databases: [{ name: "every", as: "other" }] }),
    );
    expect(money.message).toContain("columns of type money");
    expect(await source.psql("SELECT datname FROM pg_database WHERE datname LIKE 'other%'")).toBe("");
  });

  it("is refused by an older server", async () => {
    const server = await startPostgres({ major: 16 });
    try {
      const { manifest: newer } = await backUp({ connection: server.connection, store: store.store, databases: ["postgres"] });
      const problem = await problemOf(into(source, { manifest: newer, databases: [{ name: "postgres", as: "newer" }] }));
      expect(problem.exitCode).toBe(78);
      expect(problem.message).toContain("the dump is of a newer server than the target");
    } finally {
      await server.stop();
    }
  });
});

it("has the clients of PostgreSQL 18 for these tests", () => expect(existsSync(newest ?? "")).toBe(true));
