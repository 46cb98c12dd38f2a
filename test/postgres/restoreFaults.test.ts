import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, DatabaseRecord, Manifest } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { type Reporter, silentReporter } from "../../packages/agent/src/reporter.js";
import { findLeftovers } from "../../packages/agent/src/restore/findLeftovers.js";
import type { RestoreOptions } from "../../packages/agent/src/restore/RestoreOptions.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";
import { startRestore } from "../support/restoreProcess.js";

/** Enough rows that there is time to break something while they are loaded. */
const rows = 250_000;

let server: TestServer;
let store: TestStore;
let first: Manifest;
let second: Manifest;

beforeAll(async () => {
  server = await startPostgres({ major: 15 });
  store = await newFolderStore();
  await server.psql("CREATE DATABASE shop; CREATE DATABASE stock");
  for (const database of ["shop", "stock"]) {
    await server.psql(
      `CREATE TABLE item AS SELECT n AS id, md5(n::text) || '${database}' AS text FROM generate_series(1, ${rows}) n; ALTER TABLE item ADD PRIMARY KEY (id)`,
      database,
    );
  }
  ({ manifest: first } = await backUp({ connection: server.connection, store: store.store, databases: ["shop", "stock"] }));
  // Both differ: an archive's header tells the time in whole seconds, so two dumps of the same rows can be the same bytes.
  await server.psql("UPDATE item SET text = 'later' WHERE id = 1", "shop");
  await server.psql("UPDATE item SET text = 'later' WHERE id = 1", "stock");
  ({ manifest: second } = await backUp({ connection: server.connection, store: store.store, databases: ["shop", "stock"] }));
  await server.psql("UPDATE item SET text = 'today' WHERE id = 1", "shop");
  await server.psql("UPDATE item SET text = 'today' WHERE id = 1", "stock");
});
afterAll(async () => {
  await server?.stop();
  await store?.remove();
});

const everything = { yesReplace: ["shop", "stock"] };
const restore = (changes: Partial<RestoreOptions> = {}) =>
  runRestore({ store: store.store, connection: server.connection, manifest: first, reporter: silentReporter, ...everything, ...changes });

/** Names, and what tells the living contents from the restored. */
async function state(connection: Connection = server.connection): Promise<string[]> {
  const session = await openSession(connection, "postgres");
  const databases = await session.query<{ datname: string; datallowconn: boolean }>(
    "SELECT datname, datallowconn FROM pg_database WHERE NOT datistemplate ORDER BY 1",
  );
  await session.end();
  const contents = [];
  for (const name of ["shop", "stock"]) contents.push(`${name}: ${await server.psql("SELECT text FROM item WHERE id = 1", name)}`);
  return [...databases.filter(({ datallowconn }) => datallowconn).map(({ datname }) => datname), ...contents];
}
const untouched = ["postgres", "shop", "stock", "shop: today", "stock: today"];

describe("a damaged object is refused and nothing changes", () => {
  const objectOf = (manifest: Manifest, database: string) =>
    join(store.folder, (manifest.databases.find(({ name }) => name === database) as DatabaseRecord).object.key);
  let damaged: string;
  let whole: Buffer;
  const damage = (change: (path: string) => void) => {
    damaged = objectOf(first, "stock");
    whole = readFileSync(damaged);
    chmodSync(damaged, 0o600);
    change(damaged);
  };
  afterEach(() => writeFileSync(damaged, whole));

  const cut = (share: number) => (path: string) => truncateSync(path, Math.floor(whole.length * share));
  const flip = (share: number) => (path: string) => {
    const bytes = Buffer.from(whole);
    const at = Math.floor((bytes.length - 1) * share);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  };
  it.each<[string, (path: string) => void]>([
    ["empty", cut(0)],
    ["cut at 1 %", cut(0.01)],
    ["cut at 50 %", cut(0.5)],
    ["cut at 99 %", cut(0.99)],
    ["one bit at the beginning", flip(0)],
    ["one bit in the middle", flip(0.5)],
    ["one bit at the end", flip(1)],
    ["another database's object", (path) => copyFileSync(objectOf(first, "shop"), path)],
    ["another recovery point's object", (path) => copyFileSync(objectOf(second, "stock"), path)],
  ])("%s", async (_name, change) => {
    damage(change);
    for (const changes of [{}, { readFirst: true }, { inPlaceClean: true }, { jobs: 2 }]) {
      const problem = await problemOf(restore(changes));
      expect(problem.exitCode).toBe(65);
      expect(await state()).toEqual(untouched);
    }
  });
});

/** Calls once, when the load is well under way. */
function whenLoading(act: () => void): Reporter {
  let done = false;
  return {
    ...silentReporter,
    progress(_work, bytes) {
      if (done || bytes < 5_000_000) return;
      done = true;
      act();
    },
  };
}

const childProcesses = (name: string) =>
  execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, command]) => Number(parent) === process.pid && command === name)
    .map(([processId]) => Number(processId));

describe("a restore that is broken off leaves the target as it was", () => {
  it("by the end of pg_restore", async () => {
    const problem = await problemOf(
      restore({ reporter: whenLoading(() => childProcesses("pg_restore").forEach((pid) => void process.kill(pid, "SIGKILL"))) }),
    );
    expect(problem.message).toContain("pg_restore ended with signal SIGKILL");
    expect(await state()).toEqual(untouched);
  });

  it("by its user", async () => {
    const controller = new AbortController();
    const restoring = restore({
      signal: controller.signal,
      reporter: whenLoading(() => controller.abort(new Error("interrupted by the test"))),
    });
    await expect(restoring).rejects.toThrow("interrupted by the test");
    expect(await state()).toEqual(untouched);
  });

  it("by the end of its own session", async () => {
    const end = () =>
      void server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgkeep' AND datname LIKE '%pgkeep%'",
      );
    const problem = await problemOf(restore({ reporter: whenLoading(end) }));
    expect(problem.exitCode).toBe(69);
    expect(await state()).toEqual(untouched);
  });

  it("by the end of the server, naming what could not be removed; the next restore tells of it", async () => {
    const problem = await problemOf(restore({ reporter: whenLoading(() => void server.kill()) }));
    expect(problem.exitCode).toBe(69);
    const [, scratch = ""] = /DROP DATABASE "(shop_pgkeep_\w{8})" WITH \(FORCE\);/.exec(problem.message) ?? [];
    await server.start();
    expect(await state()).toEqual([...untouched.slice(0, 2), scratch, ...untouched.slice(2)]);
    const session = await openSession(server.connection, "postgres");
    expect(await findLeftovers(session)).toMatchObject([{ name: scratch, kind: "scratch" }]);
    await session.end();
    const lines: string[] = [];
    await restore({ dryRun: true, reporter: { ...silentReporter, warning: (line) => void lines.push(line) } });
    expect(lines.join("\n")).toContain(`DROP DATABASE "${scratch}"`);
    await server.psql(`DROP DATABASE "${scratch}"`);
  });

  it("by SIGTERM to the agent, which cleans up", async () => {
    const agent = startRestore(store.folder, server.connection, first, everything);
    await agent.told(/^loading/);
    // Soon: on a fast machine all is restored in half a second.
    await sleep(20);
    agent.child.kill("SIGTERM");
    expect((await agent.ended).code).toBe(1);
    expect(agent.lines.at(-1)).toBe("failed: interrupted");
    expect(await state()).toEqual(untouched);
  });
});

describe("a restore whose agent is killed leaves either all old or all new databases, open to everyone", () => {
  const old = ["shop: today", "stock: today"];
  const restored = [`shop: ${md5("1")}shop`, `stock: ${md5("1")}stock`];

  it.each<[string, RegExp, number]>([
    ["while the first is created", /^creating shop/, 0],
    ["while the first is loaded", /^loading shop/, 200],
    ["while the first is read back", /^reading back shop/, 50],
    ["while the second is created", /^creating stock/, 0],
    ["while the second is loaded", /^loading stock/, 200],
    ["right before the swap", /^renaming/, 0],
    ["in the swap", /^renaming/, 20],
    ["in the swap", /^renaming/, 40],
    ["in the swap", /^renaming/, 80],
    ["at the end", /^restored/, 0],
  ])("%s (%s, %i ms)", async (_name, line, delay) => {
    const agent = startRestore(store.folder, server.connection, first, everything);
    await agent.told(line);
    await sleep(delay);
    agent.child.kill("SIGKILL");
    await agent.ended;
    // The server finishes a CREATE DATABASE that it has begun.
    await expect.poll(() => server.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgkeep'")).toBe("0");
    const now = await state();
    expect([old, restored]).toContainEqual(now.slice(-2));
    const left = now.slice(0, -2).filter((name) => !["postgres", "shop", "stock"].includes(name));
    for (const name of left) expect(name).toMatch(/^(shop|stock)_(pgkeep_\w{8}|replaced_\d{8}T\d{6}Z)$/);
    // As the printed statements would.
    for (const name of left.filter((one) => one.includes("_pgkeep_"))) await server.psql(`DROP DATABASE "${name}" WITH (FORCE)`);
    for (const name of left.filter((one) => one.includes("_replaced_"))) {
      const living = name.replace(/_replaced_.*/, "");
      await server.psql(`DROP DATABASE ${living}`);
      await server.psql(`ALTER DATABASE "${name}" RENAME TO ${living}`);
    }
    expect(await state()).toEqual(untouched);
  });
});

function md5(text: string): string {
  return execFileSync("md5sum", { input: text, encoding: "utf8" }).slice(0, 32);
}
