import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, SnapshotFallback } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { type HeldSnapshot, holdSnapshot } from "../../packages/agent/src/snapshot/holdSnapshot.js";
import { violationsOf } from "../support/heldRows.js";
import { pairSchema, startPairWriters } from "../support/pairWriters.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

const databases = ["one", "two", "three", "four"];
/** One try only: at this load it rarely meets. */
const hurried = { timeout: 1, lockTimeout: 5_000, fallback: SnapshotFallback.Fail };
const locking = { ...hurried, fallback: SnapshotFallback.Lock };

describe.for(testedMajors)("no common instant within the bound, on PostgreSQL %s", (major) => {
  const skipped = missingPostgres(major);
  let server: TestServer;
  /** May lock: it has UPDATE on every table, or MAINTAIN where that exists. */
  let locker: Connection;
  /** May only read. */
  let reader: Connection;
  const grantLocks = async () => {
    if (major >= 17) await server.psql("GRANT pg_maintain TO locker");
    else for (const name of databases) await server.psql("GRANT UPDATE ON ALL TABLES IN SCHEMA public TO locker", name);
  };

  beforeAll(async () => {
    if (skipped) return;
    server = await startPostgres({ major, settings: { max_connections: 90 } });
    await server.psql(
      "CREATE ROLE locker LOGIN PASSWORD 'l'; CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT pg_read_all_data TO locker, reader",
    );
    for (const name of databases) {
      await server.psql(`CREATE DATABASE ${name}`);
      await server.psql(pairSchema, name);
      // Tables that the churn makes later.
      if (major < 17) await server.psql("ALTER DEFAULT PRIVILEGES GRANT UPDATE ON TABLES TO locker", name);
    }
    await grantLocks();
    locker = { ...server.connection, user: "locker", password: "l" };
    reader = { ...server.connection, user: "reader", password: "r" };
  });
  afterAll(() => server?.stop());

  /** Holds under a load that keeps going until both outcomes, a meeting and none, could be seen. */
  const underLoad = async (work: () => Promise<void>) => {
    const writers = await startPairWriters(server.connection, { databases, writers: 8, churn: true });
    try {
      await sleep(300);
      await work();
    } finally {
      await writers.stop();
    }
  };

  it.skipIf(skipped)("stops with what was tried and what to do", () =>
    underLoad(async () => {
      let message = "";
      for (let i = 0; i < 50 && message === ""; i++) {
        const outcome = await holdSnapshot(reader, databases, hurried, silentReporter).catch(
          (error: unknown) => error as { exitCode: ExitCode; message: string },
        );
        if ("release" in outcome) await outcome.release();
        else {
          expect(outcome.exitCode).toBe(ExitCode.TryAgain);
          message = outcome.message;
        }
      }
      expect(message).toMatch(
        /snapshot.timeout: no instant common to one, two, three, four was found: [\s\S]*received: 1 ms; \d+ tr(y|ies) in \d+ ms[\s\S]*set snapshot.fallback to lock/,
      );
    }),
  );

  it.skipIf(skipped)("takes short SHARE locks where that is configured: no more than what is in flight differs", () =>
    underLoad(async () => {
      let locked = 0;
      for (let i = 0; i < 60 && locked < 4; i++) {
        const held: HeldSnapshot = await holdSnapshot(locker, databases, locking, silentReporter);
        if (held.proof.method === "share-lock") {
          locked++;
          expect(await violationsOf(locker, held)).toEqual([]);
          // Given back at once: only ACCESS SHARE is left, and writers go on.
          const modes = await server.psql(
            "SELECT DISTINCT mode FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'pgkeep' AND locktype = 'relation' AND relation >= 16384",
          );
          expect(modes).toBe("AccessShareLock");
          await held.assertStillHeld();
        }
        await held.release();
      }
      expect(locked).toBe(4);
    }),
  );

  it.skipIf(skipped)("names every table that the role may not lock, and the grant", () =>
    underLoad(async () => {
      for (let i = 0; i < 50; i++) {
        const outcome = await holdSnapshot(reader, databases, locking, silentReporter).catch(
          (error: unknown) => error as { exitCode: ExitCode; message: string },
        );
        if ("release" in outcome) {
          await outcome.release();
          continue;
        }
        expect(outcome.exitCode).toBe(ExitCode.Permission);
        expect(outcome.message).toContain("database one, table public.pair: the role reader may not lock it in SHARE mode");
        expect(outcome.message).toContain("database four, table public.pair");
        expect(outcome.message).toContain(
          major >= 17 ? 'GRANT MAINTAIN ON public.pair TO "reader"' : 'GRANT UPDATE ON public.pair TO "reader"',
        );
        return;
      }
      expect.fail("the load was too light: every try met");
    }),
  );

  it.skipIf(skipped)("says which writer does not let go, and disturbs it no longer than the bound", async () => {
    const writers = await startPairWriters(server.connection, { databases, writers: 8 });
    const batch = await openSession(server.connection, "two");
    await batch.queryLast("BEGIN; INSERT INTO public.rewritten SELECT * FROM public.rewritten LIMIT 0; SELECT pg_current_xact_id()");
    try {
      for (let i = 0; i < 50; i++) {
        const began = performance.now();
        const outcome = await holdSnapshot(locker, databases, { ...locking, lockTimeout: 600 }, silentReporter).catch(
          (error: unknown) => error as { exitCode: ExitCode; message: string },
        );
        if ("release" in outcome) {
          await outcome.release();
          continue;
        }
        expect(outcome.exitCode).toBe(ExitCode.TryAgain);
        expect(outcome.message).toMatch(/SHARE locks[\s\S]*two: public.rewritten, RowExclusiveLock of process \d+ \(pgkeep\)/);
        expect(performance.now() - began).toBeLessThan(5_000);
        return;
      }
      expect.fail("the load was too light: every try met");
    } finally {
      await batch.end();
      await writers.stop();
    }
  });

  it.skipIf(skipped)("needs to lock large objects as well, where there are any", async () => {
    await server.psql("SELECT lo_create(0)", "three");
    await underLoad(async () => {
      for (let i = 0; i < 50; i++) {
        const outcome = await holdSnapshot(locker, databases, locking, silentReporter).catch(
          (error: unknown) => error as { exitCode: ExitCode; message: string },
        );
        if (!("release" in outcome)) {
          // With pg_maintain they can be locked.
          expect(major).toBeLessThan(17);
          expect(outcome.exitCode).toBe(ExitCode.Permission);
          expect(outcome.message).toContain("database three, table pg_largeobject: the role locker may not lock it");
          return;
        }
        const { method } = outcome.proof;
        await outcome.release();
        if (method === "share-lock") {
          expect(major).toBeGreaterThanOrEqual(17);
          return;
        }
      }
      expect.fail("the load was too light: every try met");
    });
    await server.psql("SELECT lo_unlink(oid) FROM pg_largeobject_metadata", "three");
  });

  it.skipIf(skipped)("is not an issue for a single database", async () => {
    await underLoad(async () => {
      for (let i = 0; i < 20; i++) {
        const held = await holdSnapshot(reader, ["one"], { ...hurried, timeout: 5_000 }, silentReporter);
        expect(held.proof.method).toBe("synchronised");
        await held.release();
      }
    });
  });

  it.skipIf(skipped)("means no pause on a primary", async () => {
    const held = await holdSnapshot(reader, ["one"], { ...hurried, fallback: SnapshotFallback.PauseStandby }, silentReporter);
    expect(held.proof.method).toBe("synchronised");
    await held.release();
    await underLoad(async () => {
      for (let i = 0; i < 50; i++) {
        const one = await holdSnapshot(reader, databases, { ...hurried, fallback: SnapshotFallback.PauseStandby }, silentReporter).catch(
          (error: unknown) => error as { exitCode: ExitCode },
        );
        if ("release" in one) await one.release();
        else {
          expect(one.exitCode).toBe(ExitCode.TryAgain);
          return;
        }
      }
      expect.fail("the load was too light: every try met");
    });
  });
});
