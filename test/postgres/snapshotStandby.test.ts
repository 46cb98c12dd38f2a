import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, SnapshotFallback } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { holdSnapshot } from "../../packages/agent/src/snapshot/holdSnapshot.js";
import { violationsOf } from "../support/heldRows.js";
import { pairSchema, startPairWriters } from "../support/pairWriters.js";
import { missingPostgres, startPostgres, startStandby, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

const databases = ["one", "two"];
const options = { timeout: 10_000, lockTimeout: 500, fallback: SnapshotFallback.Fail };
const pausing = { ...options, fallback: SnapshotFallback.PauseStandby };

describe.for(testedMajors)("one instant on a hot standby of PostgreSQL %s", { timeout: 180_000 }, (major) => {
  const skipped = missingPostgres(major);
  let primary: TestServer;
  let standby: TestServer;
  let backup: Connection;
  const hold = (given = options) => holdSnapshot(backup, databases, given, silentReporter);
  const state = () => standby.psql("SELECT pg_get_wal_replay_pause_state()");
  const caughtUp = async () => {
    const lsn = await primary.psql("SELECT pg_current_wal_insert_lsn()");
    await expect.poll(() => standby.psql(`SELECT pg_last_wal_replay_lsn() >= '${lsn}'`), { timeout: 90_000 }).toBe("t");
  };

  beforeAll(async () => {
    if (skipped) return;
    // No vacuum beside the tests: what it removes would end the sessions on the standby, which is refused as well but not what is tested.
    primary = await startPostgres({ major, settings: { autovacuum: "off" } });
    await primary.psql("CREATE ROLE backup LOGIN PASSWORD 'b'; GRANT pg_read_all_data TO backup");
    for (const name of databases) {
      await primary.psql(`CREATE DATABASE ${name}`);
      await primary.psql(pairSchema, name);
    }
    standby = await startStandby(primary, { settings: { max_standby_streaming_delay: "1s" } });
    backup = { ...standby.connection, user: "backup", password: "b" };
  });
  afterEach(async () => {
    if (skipped) return;
    const left = await state();
    await standby.psql("SELECT pg_wal_replay_resume()");
    expect(left).toBe("not paused");
  });
  afterAll(async () => {
    await standby?.stop();
    await primary?.stop();
  });

  it.skipIf(skipped)("is refused while replay goes on", async () => {
    const problem = await problemOf(hold());
    expect(problem.exitCode).toBe(ExitCode.Configuration);
    expect(problem.message).toMatch(/replay goes on[\s\S]*connect to the primary, pause replay/);
  });

  it.skipIf(skipped)("needs the right to pause, and names the grant", async () => {
    const problem = await problemOf(hold(pausing));
    expect(problem.exitCode).toBe(ExitCode.Permission);
    expect(problem.message).toContain(
      'GRANT EXECUTE ON FUNCTION pg_catalog.pg_wal_replay_pause(), pg_catalog.pg_wal_replay_resume() TO "backup"',
    );
    const next = problem.problems[0]?.next ?? "";
    // What the message says is what helps.
    await primary.psql(next.slice(next.indexOf("GRANT")), "one");
    await caughtUp();
  });

  it.skipIf(skipped)("is taken under a load while we pause replay, which goes on afterwards", async () => {
    const writers = await startPairWriters(primary.connection, { databases, writers: 6, commitsPerSecond: 5_000, churn: true });
    try {
      for (let i = 0; i < 5; i++) {
        await sleep(200);
        const held = await hold(pausing);
        expect(held.proof.method).toBe("paused-standby");
        expect(await state()).toBe("paused");
        expect(await violationsOf(backup, held)).toEqual([]);
        await held.assertStillHeld();
        await held.release();
        expect(await state()).toBe("not paused");
      }
    } finally {
      const { commits, churned } = await writers.stop();
      expect(commits).toBeGreaterThan(1_000);
      expect(churned).toBeGreaterThan(10);
    }
    await caughtUp();
  });

  it.skipIf(skipped)("uses a pause of somebody else, leaves it, and notices when it ends too early", async () => {
    await standby.psql("SELECT pg_wal_replay_pause()");
    await expect.poll(state).toBe("paused");
    const held = await hold();
    await held.assertStillHeld();
    await held.release();
    expect(await state()).toBe("paused");

    const second = await hold();
    await standby.psql("SELECT pg_wal_replay_resume()");
    const problem = await problemOf(second.assertStillHeld());
    expect(problem.exitCode).toBe(ExitCode.TryAgain);
    expect(problem.message).toContain("somebody resumed replay");
    await second.release();
  });

  it.skipIf(skipped)("notices that replay went on and was paused again", async () => {
    await standby.psql("SELECT pg_wal_replay_pause()");
    await expect.poll(state).toBe("paused");
    const held = await hold();
    await primary.psql("INSERT INTO pair VALUES (99, 1)", "two");
    await standby.psql("SELECT pg_wal_replay_resume()");
    await caughtUp();
    await standby.psql("SELECT pg_wal_replay_pause()");
    await expect.poll(state).toBe("paused");
    // Either way it is no longer trusted: replay may have ended a session of ours where the two were in each other's way.
    await expect(held.assertStillHeld()).rejects.toThrow(/allowed: {2}replay paused at|conflict with recovery/);
    await held.release();
    await standby.psql("SELECT pg_wal_replay_resume()");
  });

  it.skipIf(skipped)("gets past a place where replay stood in the middle of a lock", async () => {
    // Replay of this lock is under way, with the end of the transaction still to come: paused here, nobody could ever lock the table.
    const migration = primary.psql(
      "BEGIN; LOCK TABLE truncated IN ACCESS EXCLUSIVE MODE; SELECT pg_switch_wal(); SELECT pg_sleep(2); COMMIT",
      "one",
    );
    await expect
      .poll(
        () => standby.psql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'truncated'::regclass", "one"),
        { timeout: 5_000 },
      )
      .toBe("1");
    const held = await hold(pausing);
    await held.release();
    await migration;
  });

  it.skipIf(skipped)("resumes replay when something fails after the pause", async () => {
    await primary.psql(
      "CREATE ROLE pauser LOGIN PASSWORD 'p'; GRANT EXECUTE ON FUNCTION pg_wal_replay_pause(), pg_wal_replay_resume() TO pauser",
      "one",
    );
    await primary.psql("REVOKE CONNECT ON DATABASE two FROM PUBLIC; GRANT CONNECT ON DATABASE two TO backup");
    await caughtUp();
    const problem = await problemOf(holdSnapshot({ ...backup, user: "pauser", password: "p" }, databases, pausing, silentReporter));
    expect(problem.exitCode).toBe(ExitCode.Permission);
    const stop = new AbortController();
    const held = await holdSnapshot(backup, databases, pausing, silentReporter, { signal: stop.signal });
    stop.abort(new Error("SIGTERM"));
    await expect(held.lost).rejects.toThrow("SIGTERM");
    await held.release();
    await primary.psql("GRANT CONNECT ON DATABASE two TO PUBLIC");
    await caughtUp();
  });
});

// The server resumes replay 45 seconds after it last heard of us: both take about a minute, at the same time. The mechanism does not depend on the major.
describe.skipIf(missingPostgres(15)).concurrent("replay that we paused", { timeout: 150_000 }, () => {
  const onStandby = async (work: (standby: TestServer, state: () => Promise<string>) => Promise<void>) => {
    const primary = await startPostgres({ major: 15 });
    try {
      const standby = await startStandby(primary);
      await work(standby, () => standby.psql("SELECT pg_get_wal_replay_pause_state()")).finally(() => standby.stop());
    } finally {
      await primary.stop();
    }
  };

  it("is resumed by the server itself when the agent is killed", ({ expect }) =>
    onStandby(async (standby, state) => {
      const program = join(standby.folder, "hold.mjs");
      const dist = new URL("../../packages/agent/dist/snapshot/holdSnapshot.js", import.meta.url).href;
      writeFileSync(
        program,
        `import { holdSnapshot } from ${JSON.stringify(dist)};
         const reporter = { info() {}, warning() {}, progress() {} };
         await holdSnapshot(${JSON.stringify(standby.connection)}, ["postgres"], ${JSON.stringify(pausing)}, reporter);
         process.send("held");`,
      );
      const agent = fork(program, { execArgv: [] });
      await new Promise((resolve) => agent.once("message", resolve));
      expect(await state()).toBe("paused");
      agent.kill("SIGKILL");
      await new Promise((resolve) => agent.once("exit", resolve));
      await sleep(3_000);
      expect(await state()).toBe("paused");
      await expect.poll(state, { timeout: 60_000, interval: 1_000 }).toBe("not paused");
    }));

  it("stays paused for as long as the agent lives", ({ expect }) =>
    onStandby(async (standby, state) => {
      const held = await holdSnapshot(standby.connection, ["postgres"], pausing, silentReporter);
      await sleep(65_000);
      await held.assertStillHeld();
      expect(await state()).toBe("paused");
      await held.release();
      expect(await state()).toBe("not paused");
    }));
});
