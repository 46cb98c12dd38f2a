import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { SnapshotFallback } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childEnvironment } from "../../packages/agent/src/postgresql/childEnvironment.js";
import { findPrograms } from "../../packages/agent/src/postgresql/programs.js";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { type StartedDump, waitForDumpLocks } from "../../packages/agent/src/snapshot/dumpLocks.js";
import { type HeldSnapshot, holdSnapshot } from "../../packages/agent/src/snapshot/holdSnapshot.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

const options = { timeout: 30_000, lockTimeout: 5_000, fallback: SnapshotFallback.Fail };

/** A pg_dump on a held snapshot whose output waits at the pipe until somebody reads it. */
interface TestDump extends StartedDump {
  archive: Readable;
  finished: Promise<void>;
  text(): Promise<string>;
  kill(): Promise<void>;
}

describe.for(testedMajors)("pg_dump gets its locks, on PostgreSQL %s", (major) => {
  const skipped = missingPostgres(major);
  let server: TestServer;
  beforeAll(async () => {
    if (skipped) return;
    server = await startPostgres({ major });
    await server.psql(
      "CREATE TABLE queue AS SELECT generate_series(1, 1000) AS n; CREATE TABLE big AS SELECT generate_series(1, 100000) AS n",
    );
  });
  afterAll(() => server?.stop());

  const hold = () => holdSnapshot(server.connection, ["postgres"], options, silentReporter);
  const dump = async (held: HeldSnapshot): Promise<TestDump> => {
    const programs = await findPrograms(["pg_dump"]);
    const args = ["--no-password", `--snapshot=${held.databases[0]?.exportedSnapshot}`, "-d", "postgres"];
    const child = spawn(programs.path("pg_dump"), args, {
      env: await childEnvironment(server.connection),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let words = "";
    child.stderr.setEncoding("utf8").on("data", (more: string) => {
      words += more;
    });
    const finished = new Promise<void>((resolve, reject) => {
      child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(words))));
    });
    finished.catch(() => undefined);
    return {
      archive: child.stdout,
      finished,
      text: async () => (await child.stdout.setEncoding("utf8").toArray()).join(""),
      kill: async () => {
        child.kill();
        await finished.catch(() => undefined);
      },
    };
  };

  it.skipIf(skipped)("and then DDL waits for it alone, and what it dumps is whole", async () => {
    const held = await hold();
    const started = await dump(held);
    expect(await waitForDumpLocks(held, [started], 2_000)).toEqual([]);
    await held.releaseLocks();
    const truncate = server.psql("TRUNCATE queue");
    await expect.poll(() => server.psql("SELECT count(*) FROM pg_locks WHERE NOT granted")).toBe("1");
    await held.assertStillHeld();
    const text = await started.text();
    await started.finished;
    expect(text.match(/^COPY public.queue .*\n((\d+\n)*)\\\.$/m)?.[1]?.split("\n")).toHaveLength(1001);
    // The dump has ended and we still hold the snapshot: nothing keeps the TRUNCATE any more.
    await truncate;
    await held.release();
    await server.psql("INSERT INTO queue SELECT generate_series(1, 1000)");
  });

  it.skipIf(skipped)("or is told who stands in the way, and a new instant is held when he is through", async () => {
    const held = await hold();
    const truncate = server.psql("BEGIN; TRUNCATE queue; INSERT INTO queue SELECT generate_series(1, 1000); COMMIT");
    await expect.poll(() => held.describeWaiters()).toHaveLength(1);
    const late = await dump(held);
    const inTheWay = await waitForDumpLocks(held, [late], 300);
    expect(inTheWay.join("\n")).toMatch(/public.queue, AccessExclusiveLock of process \d+ \(psql\)/);
    expect(inTheWay.join("\n")).toMatch(/public.queue, AccessShareLock of process \d+ \(pgkeep\)/);
    await late.kill();
    await held.release();
    await truncate;
  });

  it.skipIf(skipped)("within a few instants, beside somebody who truncates again and again and waits for as long as it takes", async () => {
    const truncater = await openSession(server.connection, "postgres");
    let stopping = false;
    let truncated = 0;
    const truncating = (async () => {
      while (!stopping) {
        await truncater.queryLast("BEGIN; TRUNCATE public.queue; INSERT INTO public.queue SELECT generate_series(1, 1000); COMMIT");
        truncated++;
        await sleep(Math.random() * 1_000);
      }
    })();
    let instants = 0;
    try {
      for (;;) {
        const held = await hold();
        instants++;
        const started = await dump(held);
        const inTheWay = await waitForDumpLocks(held, [started], 200);
        if (inTheWay.length === 0) {
          const text = await started.text();
          await started.finished;
          await held.release();
          expect(text.match(/^COPY public.queue .*\n((\d+\n)*)\\\.$/m)?.[1]?.split("\n")).toHaveLength(1001);
          break;
        }
        await started.kill();
        await held.release();
      }
    } finally {
      stopping = true;
      await truncating;
      await truncater.end();
    }
    expect(truncated).toBeGreaterThan(0);
    expect(instants).toBeLessThan(30);
  });

  it.skipIf(skipped)("or fails with its own words", async () => {
    const held = await hold();
    await held.databases[0]?.session.end();
    const started = await dump(held);
    await expect(waitForDumpLocks(held, [started], 2_000)).rejects.toThrow(/pg_dump: error|snapshot/);
    await held.release();
  });
});
