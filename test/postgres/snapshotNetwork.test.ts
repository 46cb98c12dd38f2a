import { createServer, type Server, connect as tcp } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, SnapshotFallback } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { type HeldSnapshot, holdSnapshot } from "../../packages/agent/src/snapshot/holdSnapshot.js";
import { keepAlive } from "../../packages/agent/src/snapshot/keepAlive.js";
import { violationsOf } from "../support/heldRows.js";
import { startLatencyProxy } from "../support/latencyProxy.js";
import { pairSchema, startPairWriters } from "../support/pairWriters.js";
import { missingPgbouncer, startPgbouncer } from "../support/pgbouncer.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

const databases = ["one", "two", "three", "four"];
const options = { timeout: 30_000, lockTimeout: 5_000, fallback: SnapshotFallback.Fail };

describe.for(testedMajors)("one instant of PostgreSQL %s over a network", (major) => {
  const skipped = missingPostgres(major);
  let server: TestServer;
  beforeAll(async () => {
    if (skipped) return;
    server = await startPostgres({ major, settings: { max_connections: 90 } });
    for (const name of databases) {
      await server.psql(`CREATE DATABASE ${name}`);
      await server.psql(pairSchema, name);
    }
  });
  afterAll(() => server?.stop());

  it.skipIf(skipped).for([2, 4])("with 5 ms of jitter, %i databases at 4,000 commits/s", async (count) => {
    const proxy = await startLatencyProxy(server.connection, { delayMilliseconds: 1, jitterMilliseconds: 5 });
    const far: Connection = { ...server.connection, port: proxy.port };
    const names = databases.slice(0, count);
    for (const name of names) await server.psql("TRUNCATE pair", name);
    const writers = await startPairWriters(server.connection, { databases: names, writers: 8, commitsPerSecond: 4_000 });
    const tries: number[] = [];
    try {
      await sleep(300);
      for (let i = 0; i < 8; i++) {
        const held = await holdSnapshot(far, names, options, silentReporter).catch(
          (error: unknown) => error as { exitCode: ExitCode; message: string },
        );
        if ("release" in held) {
          tries.push(held.proof.tries);
          expect(await violationsOf(server.connection, held as HeldSnapshot)).toEqual([]);
          await held.release();
        } else {
          // Allowed, as long as it says so. Not seen since the sessions meet by appointment.
          expect(held.exitCode).toBe(ExitCode.TryAgain);
          expect(held.message).toMatch(/no instant common to/);
        }
      }
    } finally {
      const { commits } = await writers.stop();
      expect(commits).toBeGreaterThan(2_000);
      await proxy.stop();
    }
    console.info(`PostgreSQL ${major}, ${count} databases, 5 ms of jitter: tries ${tries.join(" ")}`);
    expect(tries.length).toBeGreaterThan(0);
  });

  it.skipIf(skipped)("that is cut rejects `lost`, and the server keeps nothing", async () => {
    const proxy = await startLatencyProxy(server.connection);
    const held = await holdSnapshot({ ...server.connection, port: proxy.port }, ["one", "two"], options, silentReporter);
    proxy.cut();
    await expect(held.lost).rejects.toMatchObject({ exitCode: ExitCode.Unavailable });
    await held.release();
    await proxy.stop();
    await expect.poll(() => server.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgkeep'")).toBe("0");
  });

  it.skipIf(skipped)("that falls silent is noticed", async () => {
    const proxy = await startLatencyProxy(server.connection);
    const session = await openSession({ ...server.connection, port: proxy.port }, "one");
    const pace = { everyMilliseconds: 100, answerWithinMilliseconds: 500 };
    const watch = keepAlive(
      () => [session],
      () => Promise.resolve(),
      pace,
    );
    // Questions that are answered, for several rounds, are no reason.
    const early = await Promise.race([watch.lost, sleep(1_000)]);
    expect(early).toBeUndefined();
    proxy.stall();
    expect((await watch.lost).message).toContain("has not answered for 0.5 seconds");
    watch.stop();
    await proxy.stop();
    await session.end();
  });

  it.skipIf(skipped)("whose one name stands for two servers is refused", async () => {
    const twin = await startPostgres({ major });
    for (const name of ["one", "two"]) await twin.psql(`CREATE DATABASE ${name}`);
    await twin.psql("ALTER ROLE postgres PASSWORD 'shared'");
    await server.psql("ALTER ROLE postgres PASSWORD 'shared'");
    const balancer = await startBalancer([server.connection.port, twin.connection.port]);
    try {
      const problem = await problemOf(
        holdSnapshot({ ...server.connection, password: "shared", port: balancer.port }, ["one", "two"], options, silentReporter),
      );
      expect(problem.exitCode).toBe(ExitCode.Configuration);
      expect(problem.message).toMatch(/connections to it end at different servers: process \d+/);
    } finally {
      await balancer.stop();
      await twin.stop();
      server.connection.password = "shared";
    }
  });

  it.skipIf(skipped ?? missingPgbouncer())("through pgbouncer in transaction mode is refused", async () => {
    const pooler = await startPgbouncer(server, { poolMode: "transaction" });
    const problem = await problemOf(holdSnapshot(pooler.connection, ["one", "two"], options, silentReporter));
    expect(problem.exitCode).toBe(ExitCode.Configuration);
    expect(problem.message).toMatch(/a connection pooler is between the agent and PostgreSQL/);
    await pooler.stop();
  });
});

/** Sends connections to the servers in turn, as a load balancer does. */
async function startBalancer(ports: readonly number[]): Promise<{ port: number; stop(): Promise<void> }> {
  let turn = 0;
  const balancer: Server = createServer((client) => {
    const upstream = tcp(ports[turn++ % ports.length] ?? 0, "127.0.0.1");
    client.pipe(upstream).pipe(client);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => balancer.listen(0, "127.0.0.1", resolve));
  const address = balancer.address();
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return { port: address.port, stop: () => new Promise((resolve) => balancer.close(() => resolve())) };
}
