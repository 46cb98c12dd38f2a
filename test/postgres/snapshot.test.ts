import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, SnapshotFallback } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { type HeldSnapshot, holdSnapshot } from "../../packages/agent/src/snapshot/holdSnapshot.js";
import { dumpRows, violationsOf } from "../support/heldRows.js";
import { pairSchema, startPairWriters } from "../support/pairWriters.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

const options = { timeout: 30_000, lockTimeout: 5_000, fallback: SnapshotFallback.Fail };

describe.for(testedMajors)("one instant over databases of PostgreSQL %s", (major) => {
  const skipped = missingPostgres(major);
  let server: TestServer;
  /** A role as users are told to make it, and no superuser. */
  let backup: Connection;
  const hold = (databases: string[], given = options) => holdSnapshot(backup, databases, given, silentReporter);
  /** Runs something while the snapshot is held, and releases it whatever happens. */
  const whileHeld = async (databases: string[], work: (held: HeldSnapshot) => Promise<void>) => {
    const held = await hold(databases);
    try {
      await work(held);
    } finally {
      await held.release();
    }
  };
  const countBackends = () => server.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgkeep'");

  beforeAll(async () => {
    if (skipped) return;
    server = await startPostgres({ major, settings: { allow_system_table_mods: true, max_locks_per_transaction: 10 } });
    backup = { ...server.connection, user: "backup role", password: "b" };
    await server.psql(`CREATE ROLE "backup role" LOGIN PASSWORD 'b'; GRANT pg_read_all_data TO "backup role"`);
    for (const name of ["one", "Zwei „2“"]) {
      await server.psql(`CREATE DATABASE "${name}"`);
      await server.psql(pairSchema, name);
    }
  });
  afterAll(() => server?.stop());

  it.skipIf(skipped)(
    "beside writers, TRUNCATE, rewrites and new tables",
    async () => {
      const databases = ["one", "Zwei „2“"];
      const writers = await startPairWriters(server.connection, { databases, writers: 6, commitsPerSecond: 6_000, churn: true });
      const tries: number[] = [];
      try {
        await sleep(500);
        for (let i = 0; i < 5; i++) {
          await whileHeld(databases, async (held) => {
            tries.push(held.proof.tries);
            expect(held.proof.method).toBe("synchronised");
            expect(held.databases.map(({ snapshotText }) => snapshotText)).toEqual([held.proof.text, held.proof.text]);
            expect(Math.abs(Date.parse(held.proof.takenAt) - Date.now())).toBeLessThan(5_000);
            expect(await violationsOf(backup, held)).toEqual([]);
            await held.assertStillHeld();
          });
        }
      } finally {
        const { commits, churned } = await writers.stop();
        // A load that was none would prove nothing.
        expect(commits).toBeGreaterThan(5_000);
        expect(churned).toBeGreaterThan(50);
      }
      expect(Math.min(...tries)).toBeGreaterThanOrEqual(1);
    },
    120_000,
  );

  it.skipIf(skipped)("would be noticed if it were not one: two ordinary snapshots under the same load differ", async () => {
    const databases = ["one", "Zwei „2“"];
    const writers = await startPairWriters(server.connection, { databases, writers: 6 });
    try {
      await sleep(500);
      const first = await hold(["one"]);
      await sleep(100);
      const second = await hold(["Zwei „2“"]);
      const together = { ...first, databases: [...first.databases, ...second.databases] };
      expect((await violationsOf(backup, together)).join()).toMatch(/writer \d: one \d+, Zwei „2“ \d+/);
      await Promise.all([first.release(), second.release()]);
    } finally {
      await writers.stop();
    }
  });

  it.skipIf(skipped)("keeps what is emptied, rewritten or dropped after it", async () => {
    await server.psql(
      "CREATE TABLE trap AS SELECT generate_series(1, 500) AS n; CREATE TABLE trap2 AS TABLE trap; CREATE TABLE trap3 AS TABLE trap",
      "one",
    );
    const spoil = ["TRUNCATE trap", "ALTER TABLE trap2 ALTER COLUMN n TYPE bigint", "DROP TABLE trap3"];
    await whileHeld(["one"], async (held) => {
      const rows = () => dumpRows(backup, "one", held.databases[0]?.exportedSnapshot ?? "");
      // They give up soon, so that pg_dump meets no queue; the next test is about the queue.
      for (const sql of spoil) await expect(server.psql(`SET lock_timeout = '100ms'; ${sql}`, "one")).rejects.toThrow(/lock timeout/);
      const dumped = await rows();
      expect(["public.trap", "public.trap2", "public.trap3"].map((name) => dumped.get(name)?.length)).toEqual([500, 500, 500]);
      // The same without our locks, as a control: if pg_dump ever stops writing empty tables here, the locks may go.
      await server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE mode = 'AccessShareLock' AND relation = 'trap'::regclass",
        "one",
      );
      await expect(held.lost).rejects.toThrow(/terminating connection/);
      await expect(held.assertStillHeld()).rejects.toThrow(/was lost/);
      for (const sql of spoil.slice(0, 2)) await server.psql(sql, "one");
      const spoiled = await rows();
      expect(["public.trap", "public.trap2"].map((name) => spoiled.get(name)?.length)).toEqual([0, 0]);
    });
    await server.psql("DROP TABLE trap, trap2, trap3", "one");
  });

  it.skipIf(skipped)("tells who queues up before a pg_dump that came too late, and lets everybody go with release", async () => {
    await server.psql("CREATE TABLE queued AS SELECT generate_series(1, 500) AS n", "one");
    const held = await hold(["one"]);
    const truncate = server.psql("TRUNCATE queued", "one");
    await expect.poll(() => held.describeWaiters(), { timeout: 5_000 }).toHaveLength(1);
    expect((await held.describeWaiters())[0]).toMatch(/^one: public.queued, AccessExclusiveLock of process \d+ \(psql\)/);
    const dump = dumpRows(backup, "one", held.databases[0]?.exportedSnapshot ?? "").then(
      () => "done",
      (error: Error) => error.message,
    );
    await expect.poll(async () => (await held.describeWaiters()).length, { timeout: 5_000 }).toBe(2);
    await held.assertStillHeld();
    await held.release();
    await truncate;
    // Its snapshot is gone with us or it may have imported it before: never is that result used, because the run has given up.
    await dump;
    const again = await hold(["one"]);
    const dumped = await dumpRows(backup, "one", again.databases[0]?.exportedSnapshot ?? "");
    expect(dumped.get("public.queued")).toEqual([]);
    await again.release();
    await server.psql("DROP TABLE queued", "one");
  });

  it.skipIf(skipped)("locks every kind of table with rows, whatever its name, and nothing else", async () => {
    await server.psql(
      `CREATE SCHEMA "s.x"; CREATE TABLE "s.x"."a ""q"" 'ü' ;" (n int); CREATE UNLOGGED TABLE unlogged (n int);
       CREATE TABLE parted (n int) PARTITION BY RANGE (n); CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (9);
       CREATE TABLE parent (n int); CREATE TABLE child () INHERITS (parent); CREATE VIEW seen AS SELECT 1; CREATE MATERIALIZED VIEW kept AS SELECT 1;
       CREATE TABLE pg_catalog.extension_config (n int); GRANT SELECT ON pg_catalog.extension_config TO PUBLIC;
       UPDATE pg_extension SET extconfig = ARRAY['pg_catalog.extension_config'::regclass::oid], extcondition = ARRAY[''] WHERE extname = 'plpgsql'`,
      "one",
    );
    await whileHeld(["one"], async (held) => {
      const names = held.databases[0]?.tables
        .map(({ schema, name }) => `${schema}.${name}`)
        .filter((name) => !/made|pair|truncated|rewritten|swapped/.test(name));
      expect(names).toEqual([
        "s.x.a \"q\" 'ü' ;",
        "public.unlogged",
        "public.parted",
        "public.part",
        "public.parent",
        "public.child",
        "pg_catalog.extension_config",
      ]);
      const locked = await server.psql(
        `SELECT DISTINCT relation::regclass::text FROM pg_locks WHERE locktype = 'relation' AND mode = 'AccessShareLock' AND relation >= 16384
            AND relation::regclass::text !~ 'made|pair|truncated|rewritten|swapped' ORDER BY 1`,
        "one",
      );
      expect(locked.split("\n").sort()).toEqual(
        ['"s.x"."a ""q"" \'ü\' ;"', "child", "extension_config", "parent", "part", "parted", "unlogged"].sort(),
      );
    });
    await server.psql(
      `UPDATE pg_extension SET extconfig = NULL, extcondition = NULL; DROP TABLE pg_catalog.extension_config; DROP SCHEMA "s.x" CASCADE; DROP TABLE unlogged, parted, child, parent; DROP VIEW seen; DROP MATERIALIZED VIEW kept`,
      "one",
    );
  });

  it.skipIf(skipped)("names the tables that the role may not read, and still holds the others", async () => {
    await server.psql(
      `CREATE ROLE pauper LOGIN PASSWORD 'p'; CREATE SCHEMA hidden; CREATE TABLE hidden.secret (n int); CREATE TABLE denied (n int);
      CREATE TABLE allowed (n int); GRANT SELECT ON allowed TO pauper`,
      "one",
    );
    const held = await holdSnapshot({ ...backup, user: "pauper", password: "p" }, ["one"], options, silentReporter);
    expect(held.databases[0]?.tables).toEqual([{ schema: "public", name: "allowed" }]);
    expect(held.databases[0]?.unreadable).toEqual(
      expect.arrayContaining([
        { schema: "hidden", name: "secret" },
        { schema: "public", name: "denied" },
      ]),
    );
    await held.release();
    await server.psql("DROP SCHEMA hidden CASCADE; DROP TABLE denied, allowed", "one");
  });

  it.skipIf(skipped)("waits for a lock that is taken, and says who holds it when it is not to be had", async () => {
    const other = await openSession(server.connection, "one");
    await other.queryLast("BEGIN; LOCK TABLE public.truncated IN ACCESS EXCLUSIVE MODE");
    const problem = await problemOf(hold(["one"], { ...options, timeout: 300, lockTimeout: 200 }));
    expect(problem.exitCode).toBe(ExitCode.TryAgain);
    expect(problem.message).toMatch(/snapshot.lockTimeout[\s\S]*one: public.truncated, AccessExclusiveLock of process \d+ \(pgkeep\)/);
    const waiting = hold(["one"]);
    await sleep(300);
    await other.query("COMMIT");
    await (await waiting).release();
    await other.end();
    expect(await countBackends()).toBe("0");
  });

  it.skipIf(skipped)("holds back no vacuum by its locks, and vacuum of its databases by the snapshot only", async () => {
    await whileHeld(["one"], async () => {
      const rows = await server.psql(
        "SELECT state, backend_xmin IS NULL FROM pg_stat_activity WHERE application_name = 'pgkeep' ORDER BY 2",
      );
      expect(rows.split("\n")).toEqual(["idle in transaction|f", "idle in transaction|t"]);
    });
  });

  it.skipIf(skipped)("is held by sessions that no timeout ends", async () => {
    await server.psql(
      `ALTER ROLE "backup role" SET idle_in_transaction_session_timeout = '500ms'; ALTER ROLE "backup role" SET statement_timeout = '500ms'`,
    );
    if (major >= 17) await server.psql(`ALTER ROLE "backup role" SET transaction_timeout = '500ms'`);
    await whileHeld(["one", "Zwei „2“"], async (held) => {
      await sleep(900);
      await held.assertStillHeld();
    });
    await server.psql(`ALTER ROLE "backup role" RESET ALL`);
  });

  it.skipIf(skipped)("rejects `lost` when a holder or a locker is ended, and leaves nothing behind", async () => {
    for (const which of ["backend_xmin IS NOT NULL", "backend_xmin IS NULL"]) {
      const held = await hold(["one", "Zwei „2“"]);
      await server.psql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgkeep' AND ${which} LIMIT 1`);
      await expect(held.lost).rejects.toMatchObject({ exitCode: ExitCode.Unavailable });
      await expect(held.assertStillHeld()).rejects.toThrow(/was lost/);
      await held.release();
      await held.release();
    }
    await expect.poll(countBackends).toBe("0");
  });

  it.skipIf(skipped)("notices a transaction that failed and lost its snapshot", async () => {
    await whileHeld(["one"], async (held) => {
      await expect(held.databases[0]?.session.query("SELECT 1/0")).rejects.toThrow(/division by zero/);
      const problem = await problemOf(held.assertStillHeld());
      expect(problem.exitCode).toBe(ExitCode.TryAgain);
      expect(problem.message).toContain("not held at the instant until the end");
    });
  });

  it.skipIf(skipped)("is given up when the signal says so", async () => {
    const stop = new AbortController();
    const other = await openSession(server.connection, "one");
    await other.queryLast("BEGIN; LOCK TABLE public.truncated IN ACCESS EXCLUSIVE MODE");
    const holding = holdSnapshot(backup, ["one"], options, silentReporter, { signal: stop.signal });
    const reason = new Error("SIGTERM");
    setTimeout(() => stop.abort(reason), 200);
    await expect(holding).rejects.toBe(reason);
    await other.end();
  });

  it.skipIf(skipped)("says everything that is wrong with the databases at once", async () => {
    const missing = await problemOf(hold(["one", "missing 1", "missing 2"]));
    expect(missing.exitCode).toBe(ExitCode.Configuration);
    expect(missing.problems.map(({ where }) => where)).toEqual(["database missing 1", "database missing 2"]);
    expect((await problemOf(hold(["one", "one"]))).message).toMatch(/one is named twice/);
    expect((await problemOf(hold([]))).message).toMatch(/an empty list/);
    await expect.poll(countBackends).toBe("0");
  });

  it.skipIf(skipped)("says which setting to raise when the table of locks is full", async () => {
    await server.psql("CREATE DATABASE wide");
    await server.psql("DO $$ BEGIN FOR i IN 1..4000 LOOP EXECUTE format('CREATE TABLE t%s (n int)', i); COMMIT; END LOOP; END $$", "wide");
    const problem = await problemOf(hold(["wide"]));
    expect(problem.exitCode).toBe(ExitCode.Configuration);
    expect(problem.message).toContain("raise max_locks_per_transaction");
    await server.psql("DROP DATABASE wide");
  });
});
