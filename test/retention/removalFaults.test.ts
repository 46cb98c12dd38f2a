import { DeleteObjectCommand, PutBucketPolicyCommand, PutObjectLegalHoldCommand } from "@aws-sdk/client-s3";
import { type AgentConfig, ExitCode, parseAgentConfig, parseRetentionPolicy } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeRetentionPlan } from "../../packages/agent/src/cli/describeRetentionPlan.js";
import { readRecoveryPoints } from "../../packages/agent/src/manifest/history.js";
import { resolveId } from "../../packages/agent/src/manifest/resolveId.js";
import { acceptRecoveryPoint } from "../../packages/agent/src/records/acceptance.js";
import { readAudit } from "../../packages/agent/src/records/audit.js";
import { writePin, writeUnpin } from "../../packages/agent/src/records/pins.js";
import { markSuspicious } from "../../packages/agent/src/records/suspicion.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { applyRetention } from "../../packages/agent/src/retention/applyRetention.js";
import { surveyRetention } from "../../packages/agent/src/retention/surveyRetention.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { credentialsOf, folderUnderTest, storeConfig } from "../store/storeUnderTest.js";
import { problemOf } from "../support/problemOf.js";
import { type BucketOptions, startS3, type TestS3 } from "../support/s3Server.js";
import { dyingStore, meddledStore } from "./meddledStore.js";
import { brokenPoints, idOf, keysBelow, layout, storeAttempt, storePoint } from "./storedPoint.js";

const config: AgentConfig = parseAgentConfig({ version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///not-used" } });
const [OLD, MIDDLE, NEW] = ["2024-11-01T02:00:00Z", "2024-11-02T02:00:00Z", "2024-11-03T02:00:00Z"];
const apply = (store: Store, policy: object = { keepLast: 1, minimum: 1 }) =>
  applyRetention({ config, policy: parseRetentionPolicy(policy), store, by: "tester@here", reporter: silentReporter });
const existing = async (store: Store) => (await readRecoveryPoints(store, layout)).map(({ id }) => id);

/** A recovery point with every record that one can have, and a newer one. */
async function storeTwo(store: Store): Promise<void> {
  const id = await storePoint(store, OLD);
  await markSuspicious(store, layout, id, idOf(NEW), []);
  await acceptRecoveryPoint(store, layout, { id, reason: "as it should be", by: "me" });
  await writePin(store, layout, { id, until: null, reason: "for a while", by: "me" });
  await writeUnpin(store, layout, { id, reason: "no more", by: "me" });
  await store.putDocument(layout.inUseUntil(id, "restore0", new Date(0)), "{}");
  await storePoint(store, NEW);
}

/**
 * Runs retention against a store that is gone from each of its changes on, one run after the other, each time in a store of its own: what is there
 * then must be whole or must not look so, and the next run must end what this one did not. Returns how many runs were killed.
 */
async function killEverywhere(moment: "before" | "after", made: () => Promise<{ store: Store; close(): Promise<void> }>): Promise<number> {
  for (let killed = 0; ; killed += 1) {
    const { store, close } = await made();
    try {
      await storeTwo(store);
      const dying = dyingStore(store, killed, moment);
      const outcome = await apply(dying.store).then(
        () => "done",
        (error: Error) => error.message,
      );
      if (!dying.died()) {
        expect(outcome).toBe("done");
        return killed;
      }
      const where = `killed ${moment} change ${killed}`;
      expect(await brokenPoints(store), where).toEqual([]);
      expect(await existing(store), where).toContain(idOf(NEW));
      expect(await resolveId(store, layout, "latest"), where).toBe(idOf(NEW));
      // As long as it exists and nobody said that it is about to go, it is as it was: pinned, accepted, whole.
      const old = (await readRecoveryPoints(store, layout)).find(({ id }) => id === idOf(OLD));
      if (old && !old.removing) expect(old, where).toMatchObject({ good: true, accepted: true });

      await apply(store);
      const left = (await keysBelow(store, "")).filter((key) => key.includes(idOf(OLD)));
      expect(left, where).toEqual([]);
      expect(await existing(store), where).toEqual([idOf(NEW)]);
      expect(await brokenPoints(store), where).toEqual([]);
      expect((await apply(store)).removed, where).toEqual([]);
    } finally {
      await close();
    }
  }
}

describe.each(["before", "after"] as const)("a run that is killed %s any of its changes", (moment) => {
  it("leaves nothing in a folder that looks whole, and the next run ends it", async () => {
    expect(await killEverywhere(moment, folderUnderTest)).toBeGreaterThan(10);
  });
});

describe("S3", () => {
  let server: TestS3;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server?.stop());
  let buckets = 0;
  const made = async (options: BucketOptions) => {
    buckets += 1;
    const bucket = `retention-${buckets}`;
    await server.createBucket(bucket, options);
    const store = await openStore(storeConfig(`s3://${bucket}/backups`, { endpoint: server.endpoint }), credentialsOf(server));
    return { bucket, store, close: () => store.close() };
  };
  const manifestKey = (slot: string) => `backups/${layout.manifest(idOf(slot))}`;

  it("a run that is killed at any change leaves nothing in a bucket with versions that looks whole, nor anything hidden", async () => {
    const stores: Store[] = [];
    const kept = async () => {
      const { store } = await made({ versioning: true });
      stores.push(store);
      return { store, close: () => Promise.resolve() };
    };
    expect(await killEverywhere("after", kept)).toBeGreaterThan(10);
    for (const store of stores) {
      for await (const { key } of store.listHidden("")) expect(key, "hidden").toBeUndefined();
      await store.close();
    }
  }, 120_000);

  it("what Object Lock keeps is told, stays whole and in use, and is not tried again before its time", async () => {
    const { store, close } = await made({ objectLock: { mode: "COMPLIANCE", days: 1 } });
    for (const slot of [OLD, MIDDLE, NEW]) await storePoint(store, slot);
    const { heldByStore, removed } = await apply(store);
    expect(removed).toEqual([]);
    expect(heldByStore.map(({ id, whole, reason }) => [id, whole, reason])).toEqual(
      [OLD, MIDDLE].map((slot) => [idOf(slot), true, "Object Lock in compliance mode"]),
    );
    for (const { until } of heldByStore) {
      expect(until?.getTime()).toBeGreaterThan(Date.now() + 22 * 3_600_000);
      expect(until?.getTime()).toBeLessThan(Date.now() + 25 * 3_600_000);
    }
    expect((await readRecoveryPoints(store, layout)).map(({ removing, good }) => [removing, good])).toEqual(Array(3).fill([false, true]));
    expect(await brokenPoints(store)).toEqual([]);
    const records = await keysBelow(store, layout.tombstones);

    const again = await apply(store);
    expect(again.heldByStore.map(({ id, until }) => [id, until])).toEqual(heldByStore.map(({ id, until }) => [id, until]));
    expect(await keysBelow(store, layout.tombstones)).toEqual(records);
    expect((await readAudit(store, layout)).entries.map(({ result }) => result)).toEqual(["kept", "kept"]);
    const policy = parseRetentionPolicy({ keepLast: 1, minimum: 1 });
    const survey = await surveyRetention({ config, policy, store, layout, now: new Date() });
    const until = heldByStore[0]?.until?.toISOString();
    expect(describeRetentionPlan("shop", "there", survey, (_style, words) => words)).toContain(`the store keeps it until ${until}`);
    await close();
  });

  it("a removal that is given up under Object Lock is taken back although its mark cannot be removed", async () => {
    const { store, close } = await made({ objectLock: { mode: "COMPLIANCE", days: 1 } });
    for (const slot of [OLD, NEW]) await storePoint(store, slot);
    const meddled = meddledStore(store, {
      after: async ({ method, key }) => {
        const begins = method === "putDocument" && key.endsWith("-began.json");
        if (begins) await store.putDocument(layout.pin(idOf(OLD), new Date(), null), "{}");
      },
    });
    const { givenUp } = await apply(meddled);
    expect(givenUp).toEqual([{ id: idOf(OLD), reason: "it was pinned meanwhile" }]);
    expect((await readRecoveryPoints(store, layout)).map(({ removing }) => removing)).toEqual([false, false]);
    await close();
  });

  it("what a legal hold keeps of a removed recovery point goes once it is lifted", async () => {
    const { bucket, store, close } = await made({ objectLock: true });
    for (const slot of [OLD, NEW]) await storePoint(store, slot);
    const Key = `backups/${layout.attempt(idOf(OLD), "attempt1")}shop.dump.zst`;
    const hold = (Status: "ON" | "OFF") =>
      server.client.send(new PutObjectLegalHoldCommand({ Bucket: bucket, Key, LegalHold: { Status } }));
    await hold("ON");
    expect((await apply(store)).heldByStore).toEqual([
      { id: idOf(OLD), until: null, reason: "a legal hold lies on it, until somebody lifts it", whole: false },
    ]);
    expect(await existing(store)).toEqual([idOf(NEW)]);
    expect((await apply(store)).heldByStore).toHaveLength(1);
    await hold("OFF");
    expect((await apply(store)).finished).toEqual([{ id: idOf(OLD), objects: 1, bytes: expect.any(Number) }]);
    expect((await keysBelow(store, "")).filter((key) => key.includes(idOf(OLD)))).toEqual([]);
    await close();
  });

  it("what somebody hid behind a delete marker is left alone, with its objects, and comes back whole", async () => {
    const { bucket, store, close } = await made({ versioning: true });
    for (const slot of [OLD, MIDDLE, NEW]) await storePoint(store, slot);
    await server.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: manifestKey(OLD) }));
    const { hidden, leftovers, removed } = await apply(store);
    expect({ hidden, leftovers, removed: removed.map(({ id }) => id) }).toEqual({
      hidden: [idOf(OLD)],
      leftovers: [],
      removed: [idOf(MIDDLE)],
    });
    for await (const object of store.listHidden(layout.manifests)) await store.unhide(object);
    expect(await existing(store)).toEqual([idOf(OLD), idOf(NEW)]);
    expect(await brokenPoints(store)).toEqual([]);
    await close();
  });

  it("without the right to delete it says which right is missing, and the recovery point stays", async () => {
    const { bucket, store, close } = await made({});
    for (const slot of [OLD, NEW]) await storePoint(store, slot);
    const writer = await server.createUser();
    const allow = async (...Action: string[]) => {
      const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
      const statement = { Effect: "Allow", Principal: { AWS: [writer.accessKey] }, Action, Resource };
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      await server.client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    };
    const asWriter = await openStore(storeConfig(`s3://${bucket}/backups`, { endpoint: server.endpoint }), credentialsOf(writer));

    // Who may only read sees the plan; what runs left cannot be told from what was hidden, and so is left alone.
    await allow("s3:GetObject", "s3:ListBucket");
    await storeAttempt(store, idOf(MIDDLE), "died", new Date(0));
    const policy = parseRetentionPolicy({ keepLast: 1, minimum: 1 });
    const survey = await surveyRetention({ config, policy, store: asWriter, layout, now: new Date() });
    expect(survey.plan.remove.map(({ id }) => id)).toEqual([idOf(OLD)]);
    expect({ hidden: survey.hidden, leftovers: survey.leftovers }).toEqual({ hidden: null, leftovers: [] });

    await allow("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListBucketVersions");
    const problem = await problemOf(apply(asWriter));
    expect(problem.exitCode).toBe(ExitCode.Permission);
    expect(problem.message).toMatch(/s3:DeleteObject/);
    expect(await brokenPoints(store)).toEqual([]);
    expect((await readRecoveryPoints(store, layout)).map(({ id, removing }) => [id, removing])).toEqual([
      [idOf(OLD), false],
      [idOf(NEW), false],
    ]);
    expect((await readAudit(store, layout)).entries.map(({ result }) => result)).toEqual(["failed"]);
    await asWriter.close();
    await close();
  });
});
