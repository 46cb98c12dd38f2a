import { parseAgentConfig, storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { JobLock } from "../../packages/agent/src/schedule/JobLock.js";
import { scheduleKeys } from "../../packages/agent/src/schedule/scheduleKeys.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";

let s3: TestS3;
let store: Store;

beforeAll(async () => {
  if (missingS3() !== undefined) return;
  s3 = await startS3();
  await s3.createBucket("schedules");
  const { store: config } = parseAgentConfig({
    version: 1,
    cluster: "shop",
    databases: ["shop"],
    store: { url: "s3://schedules/here", endpoint: s3.endpoint, region: "us-east-1", forcePathStyle: true },
  });
  store = await openStore(config, { AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey });
});
afterAll(async () => {
  await store?.close();
  await s3?.stop();
});

it.skipIf(missingS3() !== undefined)(
  "a lock in a bucket goes from hand to hand, and by the bucket's clock from one that died",
  async () => {
    const keys = scheduleKeys(storeLayout("shop"), "backup");
    const lockOf = (holder: string, lockLifetime = 600_000) =>
      new JobLock(store, keys, holder, { lockLifetime, lockRenewal: 300_000 }, silentReporter);
    const held = await lockOf("one").tryAcquire("first");
    expect(held?.fence).toBe(1);
    expect(await lockOf("other").tryAcquire("second")).toBeUndefined();
    await held?.release();
    // One that never gives a sign of life again.
    const dead = await lockOf("dead", 1500).tryAcquire("third");
    expect(dead?.fence).toBe(3);
    const heir = lockOf("heir");
    expect(await heir.tryAcquire("fourth")).toBeUndefined();
    await expect.poll(() => heir.tryAcquire("fourth"), { timeout: 20_000, interval: 200 }).not.toBeUndefined();
    expect(await lockOf("other").tryAcquire("fifth")).toBeUndefined();
  },
);
