import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStatus } from "../../packages/agent/src/status/readStatus.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import { startStoreProxy } from "../store/storeProxy.js";
import { credentialsOf, storeConfig } from "../store/storeUnderTest.js";
import { testConfig } from "../support/backupRun.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";
import { idsOf, writeManyPoints } from "./manyPoints.js";

const history = { cluster: "test", count: 5000, newestAt: new Date("2026-11-21T02:00:00Z"), drillEvery: 100 };
const now = new Date("2026-11-21T04:00:00Z");
const config = testConfig(["shop"], { objectives: { rpo: "3h", provenWithin: "35d" }, schedule: { backup: "0 * * * *" } });
const layout = storeLayout("test");
const [newest, newestProven] = [idsOf(history).at(-1), idsOf(history).at(-100)];

let folder: string;
let s3: TestS3;

beforeAll(async () => {
  if (missingS3()) throw new Error(missingS3());
  s3 = await startS3();
  await s3.createBucket("many");
  folder = mkdtempSync(join(tmpdir(), "pgkeep-many-"));
  mkdirSync(join(folder, "store"));
  writeManyPoints({ ...history, folders: [join(folder, "store"), join(s3.objectsFolder, "many")] });
});

afterAll(async () => {
  await s3?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** 5 pages of manifests, 1 each of drills, physical drills and 4 kinds of records, 2 months of the trail, 30 newest manifests, the newest proven one, 10 drills. */
const REQUESTS = { listings: 9, pages: 13, objects: 6277, reads: 41 };

describe("the status of 5,000 recovery points", () => {
  it("takes a folder as many listings and reads as that of a few", async () => {
    const store = await openStore(storeConfig(`file://${folder}/store`, { forcePathStyle: false }), {});
    const status = await readStatus({ config, store, layout, now });
    expect(status.requests).toEqual(REQUESTS);
    expect(status).toMatchObject({
      ok: true,
      findings: [],
      newest: { committed: { id: newest, ageSeconds: 7200 }, good: { id: newest }, proven: { id: newestProven } },
      counts: { all: 5000, good: 5000, proven: 50, suspicious: 0 },
      nextRuns: [{ job: "backup", at: new Date("2026-11-21T05:00:00Z") }],
      objectives: { rpo: { met: true, ageSeconds: 7200, targetSeconds: 10_800 }, provenWithin: { met: true } },
      lastActions: [{ action: "backup", result: "done" }],
    });
    expect(status.trend).toHaveLength(30);
    expect(status.drills).toHaveLength(10);
    expect(status.drills.at(-1)).toMatchObject({ id: newestProven, restoreSeconds: 42 });
    await store.close();
  });

  it("takes S3 that many requests, as counted on the way", async () => {
    const proxy = await startStoreProxy(s3.endpoint);
    const store = await openStore(storeConfig("s3://many", { endpoint: proxy.endpoint }), credentialsOf(s3));
    try {
      const status = await readStatus({ config, store, layout, now });
      expect(status.requests).toEqual(REQUESTS);
      expect(proxy.requests).toHaveLength(REQUESTS.pages + REQUESTS.reads);
      expect(status).toMatchObject({ ok: true, counts: { all: 5000 }, newest: { good: { id: newest }, proven: { id: newestProven } } });
    } finally {
      await store.close();
      await proxy.stop();
    }
  });
});
