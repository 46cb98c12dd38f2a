import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AgentConfig, storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStored } from "../../packages/agent/src/codec/readStored.js";
import { type History, readHistory } from "../../packages/agent/src/manifest/history.js";
import { readManifest } from "../../packages/agent/src/manifest/readManifest.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { startS3, type TestS3 } from "../support/s3Server.js";

const agent = join(import.meta.dirname, "../../packages/agent/dist/cli/main.js");
const layout = storeLayout("faulty");
const databases = ["first", "second"];
/** Moments of a run at which it is disturbed, evenly spread over its length. */
const MOMENTS = 10;

let server: TestServer;
let s3: TestS3;
let folder: string;

beforeAll(async () => {
  server = await startPostgres({ major: 16 });
  s3 = await startS3();
  await s3.createBucket("faulty");
  folder = mkdtempSync(join(tmpdir(), "pgkeep-faults-"));
  for (const name of databases) {
    await server.psql(`CREATE DATABASE ${name}`);
    await server.psql(
      "CREATE TABLE t AS SELECT n, md5(n::text) AS words, md5((n+1)::text) AS more FROM generate_series(1, 150000) n",
      name,
    );
  }
});
afterAll(async () => {
  await server?.stop();
  await s3?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type StoreConfig = AgentConfig["store"];
const folderStore = (): StoreConfig => ({ url: `file://${folder}/store`, forcePathStyle: false, checksums: "when_supported" });
const bucketStore = (): StoreConfig => ({
  url: "s3://faulty/backups",
  endpoint: s3.endpoint,
  forcePathStyle: true,
  checksums: "when_supported",
});
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PGPASSWORD: server.connection.password,
  AWS_ACCESS_KEY_ID: s3.accessKey,
  AWS_SECRET_ACCESS_KEY: s3.secretKey,
});

/** Starts `pgkeep backup` as a user would. */
function startBackup(store: StoreConfig): ChildProcess {
  const config = join(folder, "pgkeep.yaml");
  const { host, port, user } = server.connection;
  writeFileSync(
    config,
    JSON.stringify({
      version: 1,
      cluster: "faulty",
      databases,
      store,
      connection: { host, port, user, sslmode: "disable", retryFor: "1s" },
      dump: { programs: server.programFolder },
    }),
  );
  return spawn(process.execPath, [agent, "backup", "--config", config], { env: environment(), stdio: ["ignore", "ignore", "pipe"] });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; messages: string }> {
  let messages = "";
  child.stderr?.on("data", (text) => {
    messages += text;
  });
  const [code] = await once(child, "close");
  return { code: code as number | null, messages };
}

/** Every recovery point that exists is whole: the one thing that may never be otherwise. Those that were read before stay so. */
async function assertAllWhole(store: Store, read: Set<string>): Promise<History> {
  const history = await readHistory(store, layout);
  for (const { id } of history.recoveryPoints.filter((point) => !read.has(point.id))) {
    read.add(id);
    const manifest = await readManifest(store, layout, id, []);
    for (const { object } of [...manifest.databases, manifest.globals]) for await (const _ of await readStored(store, object));
  }
  return history;
}

/** What may be disturbed, and how. Resolves when everything works again. */
type Disturbance = (run: ChildProcess) => Promise<void>;

const kills: [string, () => StoreConfig, Disturbance][] = [
  ["the agent", folderStore, async (run) => void run.kill("SIGKILL")],
  ["the agent, asked to end", folderStore, async (run) => void run.kill("SIGTERM")],
  ["the agent, with a bucket", bucketStore, async (run) => void run.kill("SIGKILL")],
  ["pg_dump", folderStore, killPgDump],
  [
    "the PostgreSQL server",
    folderStore,
    async () => {
      await server.kill();
      await server.start();
    },
  ],
  [
    "the S3 server",
    bucketStore,
    async (run) => {
      await s3.kill();
      await Promise.race([once(run, "exit"), sleep(20_000)]);
      await s3.start();
    },
  ],
];

/** Waits until there is one, and a moment longer each time. */
async function killPgDump(run: ChildProcess): Promise<void> {
  while (run.exitCode === null && childrenOf(run).length === 0) await sleep(5);
  await sleep(Math.random() * 40);
  for (const processId of childrenOf(run)) {
    try {
      process.kill(processId, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
}

function childrenOf({ pid }: ChildProcess): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((processId) => parentOf(processId) === pid);
}

/** The fourth field of /proc/PID/stat; the second, the name, may hold anything up to its closing bracket. */
function parentOf(processId: number): number | undefined {
  try {
    return Number(/\) . (\d+) /.exec(readFileSync(`/proc/${processId}/stat`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}

describe.each(kills)("a backup while somebody kills %s", (_name, storeConfig, disturb) => {
  it("commits whole or not at all, says so, and disturbs no later run", async () => {
    const store = await openStore(storeConfig(), environment());
    const read = new Set<string>();
    const began = performance.now();
    expect((await ended(startBackup(storeConfig()))).code).toBe(0);
    const length = performance.now() - began;
    let known = (await assertAllWhole(store, read)).recoveryPoints.length;
    let failures = 0;
    for (let moment = 0; moment < MOMENTS; moment += 1) {
      const run = startBackup(storeConfig());
      const end = ended(run);
      await Promise.race([sleep((length * (moment + 0.5)) / MOMENTS), end]);
      await disturb(run);
      const { code, messages } = await end;
      // What a killed agent had sent already, a server may still carry out.
      if (code === null) await sleep(500);
      const { recoveryPoints } = await assertAllWhole(store, read);
      // A run that was killed right after its commit has committed; one that says it is done must have.
      expect(recoveryPoints.length - known, messages).toBeLessThanOrEqual(1);
      if (code === 0) expect(recoveryPoints.length, messages).toBe(known + 1);
      else failures += 1;
      if (code !== null && code !== 0) expect([69, 74, 75], messages).toContain(code);
      expect(messages).not.toMatch(/ at .*\.js:\d+/);
      known = recoveryPoints.length;
    }
    // The injection must have hit: how often depends on how fast the machine is.
    expect(failures).toBeGreaterThan(0);
    expect((await ended(startBackup(storeConfig()))).code).toBe(0);
    const history = await assertAllWhole(store, read);
    expect(history.recoveryPoints.length).toBe(known + 1);
    await store.close();
  }, 600_000);
});
