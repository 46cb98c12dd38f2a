import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode } from "@pgkeep/core";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { childrenOf, isRunning } from "../support/processFamily.js";
import { Project, type Running } from "./Project.js";
import { createShop, SHOP } from "./shop.js";

interface List {
  recoveryPoints: { id: string }[];
  leftovers: { id: string; attempt: string; objects: number }[];
}

let server: TestServer;
let project: Project;

beforeAll(async () => {
  server = await startPostgres();
  await createShop(server);
  // Enough to be dumping for a while.
  await server.psql("CREATE TABLE bulk AS SELECT n, md5(n::text) || md5((n + 1)::text) AS text FROM generate_series(1, 1500000) n", "shop");
});
afterAll(() => server?.stop());
beforeEach(() => {
  project = new Project();
  project.configure(server.connection, SHOP);
});
afterEach(() => {
  expect(readdirSync(join(project.folder, "tmp")), "left behind in the temporary folder").toEqual([]);
  project.remove();
});

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) expect.fail(`${what} did not come`);
    await sleep(5);
  }
}

/** A backup that has frozen its instant and dumps now. */
async function dumping(): Promise<Running> {
  const running = project.start(["backup"]);
  await until(() => running.messages().includes("at one instant"), "the instant");
  await until(() => childrenOf(running.child.pid ?? 0).length > 0, "pg_dump");
  return running;
}

/** Somebody who holds a table for himself, so that a backup waits. */
async function lockedTable(connection: Connection): Promise<pg.Client> {
  const { host, port, user, password } = connection;
  const client = new pg.Client({ host, port, user, password: password ?? "", database: "shop" });
  await client.connect();
  await client.query("BEGIN; LOCK TABLE customer IN ACCESS EXCLUSIVE MODE");
  return client;
}

async function sessionsOfPgkeep(): Promise<string> {
  return await server.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('pgkeep', 'pg_dump')");
}

async function expectNothingCommitted(): Promise<void> {
  const { recoveryPoints, leftovers } = await project.json<List>(["list"]);
  expect(recoveryPoints).toEqual([]);
  expect(leftovers).toHaveLength(1);
  expect(leftovers[0]?.objects).toBeGreaterThan(0);
  expect(await project.succeed(["list"])).toContain("Leftovers of runs that did not commit");
}

describe.skipIf(missingPostgres(15) !== undefined)("a run that is interrupted", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "ends by %s while it dumps: exit code 75, nothing committed, no program left",
    async (name) => {
      const running = await dumping();
      const children = childrenOf(running.child.pid ?? 0);
      running.child.kill(name);
      const { exitCode, stdout, stderr } = await running.ended;
      expect(exitCode, stderr).toBe(ExitCode.TryAgain);
      expect(stdout).toBe("");
      expect(stderr).toContain(`error: interrupted by ${name}: nothing was committed`);
      expect(stderr).not.toContain("    at ");
      await until(() => !children.some(isRunning), "the end of pg_dump");
      await expectNothingCommitted();
      await expect.poll(sessionsOfPgkeep, { timeout: 10_000 }).toBe("0");
    },
  );

  it("ends by SIGTERM while it waits for a lock", async () => {
    const other = await lockedTable(server.connection);
    try {
      const running = project.start(["backup"]);
      const points = join(project.store, "test", "points");
      await until(() => existsSync(points), "the beginning");
      await sleep(300);
      const began = performance.now();
      running.child.kill("SIGTERM");
      expect((await running.ended).exitCode).toBe(ExitCode.TryAgain);
      expect(performance.now() - began).toBeLessThan(5_000);
      await expectNothingCommitted();
    } finally {
      await other.end();
    }
  });

  it("ends by SIGTERM while it waits for a server that is not there", async () => {
    project.configure({ ...server.connection, port: 1 }, SHOP);
    project.edit((config) => {
      config.connection.retryFor = "60s";
    });
    const running = project.start(["backup"]);
    await until(() => running.messages().includes("waiting for"), "the first refusal");
    running.child.kill("SIGTERM");
    expect((await running.ended).exitCode).toBe(ExitCode.TryAgain);
    // No more than the record of it.
    expect(readdirSync(join(project.store, "test"))).toEqual(["audit"]);
  });

  it("leaves, when it is killed, what list calls a leftover, and disturbs no later run", async () => {
    const running = await dumping();
    const children = childrenOf(running.child.pid ?? 0);
    running.child.kill("SIGKILL");
    expect((await running.ended).signal).toBe("SIGKILL");
    await until(() => !children.some(isRunning), "the end of pg_dump");
    await expectNothingCommitted();
    await project.succeed(["backup"]);
    const { recoveryPoints, leftovers } = await project.json<List>(["list"]);
    expect(recoveryPoints).toHaveLength(1);
    expect(leftovers).toHaveLength(1);
    expect(leftovers[0]?.id).not.toBe(recoveryPoints[0]?.id);
  });

  it("finds at its second attempt what the first committed, and ends well with the same id", async () => {
    const environment = { PGKEEP_RUN_ID: "job-4711", PGKEEP_SLOT: "2026-11-21T02:00:00Z" };
    const killed = project.start(["backup"], { environment });
    await until(() => killed.messages().includes("at one instant"), "the instant");
    killed.child.kill("SIGKILL");
    await once(killed.child, "close");

    const first = await project.json<{ manifest: { id: string }; committedBefore: boolean }>(["backup"], { environment });
    expect(first.manifest.id).toMatch(/^20261121T020000Z-/);
    expect(first.committedBefore).toBe(false);
    const second = await project.json<typeof first>(["backup"], { environment });
    expect(second).toMatchObject({ manifest: { id: first.manifest.id }, committedBefore: true });
    expect(await project.succeed(["backup"], { environment })).toContain("had been committed by an earlier attempt");
    expect((await project.json<List>(["list"])).recoveryPoints.map(({ id }) => id)).toEqual([first.manifest.id]);
  });

  it("takes a drill's scratch server with it, and a restore's unfinished databases", async () => {
    await project.succeed(["backup"]);
    const drill = project.start(["drill"]);
    await until(() => drill.messages().includes("scratch server:"), "the scratch server");
    drill.child.kill("SIGTERM");
    const { exitCode, stderr } = await drill.ended;
    expect(exitCode, stderr).toBe(ExitCode.TryAgain);

    const restore = project.start(["restore", "latest", "--as", "shop=copy", "--as", "shop-jobs=copy-jobs"]);
    await until(() => restore.messages().includes("loading copy"), "the restore");
    restore.child.kill("SIGTERM");
    expect((await restore.ended).exitCode, restore.messages()).toBe(ExitCode.TryAgain);
    expect(await server.psql("SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate")).toBe(
      "postgres shop shop-jobs",
    );
  });

  it("ends without a word when whoever reads its result has gone", async () => {
    await project.succeed(["backup"]);
    const running = project.start(["show"]);
    running.child.stdout?.destroy();
    const { stderr } = await running.ended;
    expect(stderr).toBe("");
  });
});
