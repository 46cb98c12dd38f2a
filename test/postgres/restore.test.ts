import type { Manifest } from "@pgkeep/core";
import { Verdict } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import type { RestoreOptions } from "../../packages/agent/src/restore/RestoreOptions.js";
import { DatabaseAction } from "../../packages/agent/src/restore/RestorePlan.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { createEveryObject } from "../support/fixtures/everyObject.js";
import { changesBetween, type PlainDump, plainDump } from "../support/fixtures/plainDump.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

/** As the manual says to drop one whose slot is out of reach. */
const dropSubscriptions = `SELECT format('ALTER SUBSCRIPTION %I DISABLE; ALTER SUBSCRIPTION %I SET (slot_name = NONE); DROP SUBSCRIPTION %I', subname, subname, subname)
  FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) \\gexec`;

/** What reads differently after any restore: CHECKs with IN, and inheritance children whose columns come back in another order. */
const respelled = ["DOMAIN app.currency", "TABLE app.measurement", "TABLE DATA app.painted_truck", "TABLE DATA app.truck"];

describe.each(testedMajors)("a restore of every kind of object on PostgreSQL %i", (major) => {
  let server: TestServer;
  let target: TestStore;
  let manifest: Manifest;
  let before: PlainDump;

  beforeAll(async () => {
    server = await startPostgres({ major, settings: { max_prepared_transactions: 5, wal_level: "logical" } });
    target = await newFolderStore();
    await createEveryObject(server, "every");
    ({ manifest } = await backUp({ connection: server.connection, store: target.store, databases: ["every"] }));
    before = await plainDump(server, "every");
  });
  afterAll(async () => {
    await server?.stop();
    await target?.remove();
  });

  const restore = (changes: Partial<RestoreOptions> = {}) =>
    runRestore({ store: target.store, connection: server.connection, manifest, reporter: silentReporter, ...changes });

  it("refuses to replace a database that has subscriptions", async () => {
    const problem = await problemOf(restore({ yesReplace: ["every"] }));
    expect(problem.exitCode).toBe(78);
    expect(problem.message).toContain("received: subscription every_subscription");
    await server.psql(dropSubscriptions, "every");
  });

  it("replaces the living database by an equal one and keeps the old", async () => {
    await server.psql("CREATE TABLE app.written_since (x int)", "every");
    const result = await restore({ yesReplace: ["every"], jobs: 2 });
    expect(result.plan.databases).toMatchObject([{ source: "every", target: "every", action: DatabaseAction.Replace }]);
    expect(result.checks).toMatchObject([{ name: "rows of every", verdict: Verdict.Pass }]);
    expect(changesBetween(before, await plainDump(server, "every")).map(({ object }) => object)).toEqual(respelled);
    const keptAs = result.replaced[0]?.keptAs ?? "";
    expect(await server.psql("SELECT count(*) FROM app.written_since", keptAs)).toBe("0");
    expect(await server.psql("SELECT datname FROM pg_database WHERE datname LIKE '%pgkeep%'")).toBe("");
    for (const statement of [result.replaced[0]?.undo.join("\n") ?? ""]) await server.psql(statement);
    expect(await server.psql("SELECT count(*) FROM app.written_since", "every")).toBe("0");
    await server.psql("DROP TABLE app.written_since", "every");
  });

  it("refuses to replace without the typed name", async () => {
    const problem = await problemOf(restore());
    expect(problem.exitCode).toBe(64);
    expect(problem.message).toContain("--yes-replace every");
  });

  it("fills a database in place after it was migrated, with one transaction and no rename", async () => {
    const oid = await server.psql("SELECT oid FROM pg_database WHERE datname = 'every'");
    await server.psql(
      `CREATE TABLE app.newer (id int PRIMARY KEY, customer int REFERENCES app.customer, t app.currency);
       CREATE VIEW app.newer_view AS SELECT * FROM app.customer JOIN app.newer USING (id);
       CREATE SCHEMA migrated CREATE TABLE kept_nowhere (x int); CREATE TABLE public.kept_nowhere (x int);
       SELECT lo_create(0); DELETE FROM app.event;`,
      "every",
    );
    await server.psql(dropSubscriptions, "every");
    const result = await restore({ inPlaceClean: true, yesReplace: ["every"] });
    expect(result.checks).toMatchObject([{ name: "rows of every", verdict: Verdict.Pass }]);
    expect(changesBetween(before, await plainDump(server, "every")).map(({ object }) => object)).toEqual(respelled);
    expect(await server.psql("SELECT oid FROM pg_database WHERE datname = 'every'")).toBe(oid);
  });

  it("changes nothing when a restore in place fails in the middle", async () => {
    await server.psql(dropSubscriptions, "every");
    await server.psql("CREATE TABLE public.of_today AS SELECT 1 AS one", "every");
    const now = await plainDump(server, "every");
    // Fails at the last: nobody can drop what a prepared transaction holds.
    const blocked = openSession(server.connection, "every");
    const session = await blocked;
    await session.query("BEGIN");
    await session.query("LOCK TABLE public.of_today IN ACCESS SHARE MODE");
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("interrupted by the test")), 3_000);
    await expect(restore({ inPlaceClean: true, yesReplace: ["every"], signal: controller.signal })).rejects.toThrow(
      "interrupted by the test",
    );
    await session.query("ROLLBACK");
    await session.end();
    expect(changesBetween(now, await plainDump(server, "every"))).toEqual([]);
  });
});
