import { PutObjectCommand } from "@aws-sdk/client-s3";
import { parseAgentConfig, parseRetentionPolicy, RetentionClass, storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBackup } from "../../packages/agent/src/backup/backup.js";
import { runIdentity } from "../../packages/agent/src/configuration/runIdentity.js";
import { acceptRecoveryPoint } from "../../packages/agent/src/records/acceptance.js";
import { writePin, writeUnpin } from "../../packages/agent/src/records/pins.js";
import { markSuspicious } from "../../packages/agent/src/records/suspicion.js";
import { beginRemoval } from "../../packages/agent/src/records/tombstones.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { applyRetention } from "../../packages/agent/src/retention/applyRetention.js";
import { taggedStore } from "../../packages/agent/src/retention/taggedStore.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { guardRole, type Role, type RoleGuard } from "../store/s3Role.js";
import { startStoreProxy } from "../store/storeProxy.js";
import { credentialsOf, storeConfig } from "../store/storeUnderTest.js";
import { dyingAfter, MIB, someBytes } from "../store/streams.js";
import { backUp, testConfig } from "../support/backupRun.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";
import { type BucketOptions, startS3, type TestS3 } from "../support/s3Server.js";
import { idOf, layout, storeAttempt, storePoint } from "./storedPoint.js";

/** What `pgkeep backup` may do, and needs. docs/stores.md names the same. */
const WRITER: Role = {
  "s3:ListBucket": ["manifests/", "suspicious/", "accepted/", "pins/*", "tombstones/*", "drills/"],
  "s3:GetObject": ["manifests/*", "suspicious/*", "accepted/*", "points/*/begin.json"],
  "s3:PutObject": ["points/*", "manifests/*", "suspicious/*", "pins/*", "audit/*"],
  "s3:AbortMultipartUpload": ["points/*"],
};
/** Beside it where S3's lifecycle enforces retention. */
const TAGGER: Role = { ...WRITER, "s3:PutObjectTagging": ["points/*", "manifests/*"] };
/** What `pgkeep retention apply` may do, and needs: no dump, no archive of files, no roles. */
const PRUNER: Role = {
  "s3:ListBucket": ["points/*", "manifests/*", "suspicious/", "accepted/", "pins/*", "tombstones/*", "in-use/*", "drills/"],
  "s3:ListBucketVersions": ["points/*", "manifests/*", "suspicious/*", "accepted/*", "pins/*", "tombstones/*", "in-use/*"],
  "s3:ListBucketMultipartUploads": [""],
  "s3:GetObject": ["manifests/*", "accepted/*", "tombstones/*", "points/*/begin.json", "points/*/alive-*.json"],
  "s3:PutObject": ["tombstones/*", "audit/*"],
  "s3:DeleteObjectVersion": ["points/*", "manifests/*", "suspicious/*", "accepted/*", "pins/*", "tombstones/*", "in-use/*"],
};

let server: TestS3;
let postgres: TestServer;
let buckets = 0;
beforeAll(async () => {
  [server, postgres] = await Promise.all([startS3(), startPostgres({ major: 18 })]);
  await postgres.psql("CREATE DATABASE shop");
  await postgres.psql("CREATE TABLE orders AS SELECT n FROM generate_series(1, 1000) n", "shop");
});
afterAll(async () => {
  await server?.stop();
  await postgres?.stop();
});

interface RoleUnderTest {
  /** The administrator's. */
  owner: Store;
  store: Store;
  guard: RoleGuard;
  bucket: string;
}

/** A bucket, seen by a role: a proxy before the server refuses whatever it may not. */
async function asRole<Result>(
  role: Role,
  cluster: string,
  options: BucketOptions,
  work: (under: RoleUnderTest) => Promise<Result>,
): Promise<Result> {
  buckets += 1;
  const bucket = `rights-${process.pid}-${buckets}`;
  await server.createBucket(bucket, options);
  const proxy = await startStoreProxy(server.endpoint);
  const guard = guardRole(role, `${bucket}/backups/${cluster}`);
  proxy.fate = guard.fate;
  const open = (endpoint: string) => openStore(storeConfig(`s3://${bucket}/backups`, { endpoint }), credentialsOf(server));
  const [owner, store] = [await open(server.endpoint), await open(proxy.endpoint)];
  try {
    return await work({ owner, store, guard, bucket });
  } finally {
    await Promise.all([owner.close(), store.close()]);
    await proxy.stop();
  }
}

describe("the writer", () => {
  const backUpTwice = async ({ owner, store }: RoleUnderTest, config: Record<string, unknown>) => {
    const options = { connection: postgres.connection, store, databases: ["shop"], config };
    const first = await backUp({ ...options, before: { what: "deploy", pinForMilliseconds: 86_400_000, by: "me" } });
    await postgres.psql("DELETE FROM orders", "shop");
    const identity = runIdentity({ PGKEEP_RUN_ID: "emptied", PGKEEP_SLOT: new Date().toISOString() });
    const run = () =>
      runBackup({ config: testConfig(["shop"], config), connection: postgres.connection, store, identity, reporter: silentReporter });
    const second = await run();
    await postgres.psql("INSERT INTO orders SELECT n FROM generate_series(1, 1000) n", "shop");
    // Another attempt at the same run finds what this one committed, and that somebody accepted it.
    await acceptRecoveryPoint(owner, storeLayout("test"), { id: second.manifest.id, reason: "cleared", by: "me" });
    expect(await run()).toMatchObject({ committedBefore: true, anomaly: { findings: [] } });
    return [first, second];
  };
  /** As a dump does that is larger than a part, and one that dies. */
  const uploadLarge = async (store: Store, id: string) => {
    await store.put(`test/points/${id}/attempt1/large.dump.zst`, someBytes(20 * MIB));
    await expect(store.put(`test/points/${id}/attempt1/dying.dump.zst`, dyingAfter(20 * MIB))).rejects.toThrow("the producer died");
  };

  it("backs up, marks what is suspicious and pins, and needs no right to delete, nor to read a dump", async () => {
    await asRole(WRITER, "test", { versioning: true }, async (under) => {
      const [, second] = await backUpTwice(under, {});
      expect(second?.anomaly.findings).not.toEqual([]);
      await uploadLarge(under.store, second?.manifest.id ?? "");
      // The store's clock: a refusal tells it too.
      expect([...under.guard.refused]).toEqual(Array(2).fill(expect.stringMatching(/^s3:GetObject points\/.*\/clock$/)));
      expect(under.guard.unused()).toEqual([]);
    });
  });

  it("also writes tags where S3's lifecycle enforces retention, and never to what exists", async () => {
    const config = { store: { url: "s3://unused" }, retention: { enforcedBy: "lifecycle", preset: "production" } };
    await asRole(TAGGER, "test", { versioning: true }, async (under) => {
      const [first, second] = await backUpTwice(under, config);
      // The second of the week, though it is suspicious: the first one, which is good, holds the week.
      expect([first?.manifest.retentionClass, second?.manifest.retentionClass]).toEqual(["weekly", "daily"]);
      const id = first?.manifest.id ?? "";
      await uploadLarge(taggedStore(under.store, storeLayout("test"), id, RetentionClass.Weekly), id);
      expect([...under.guard.refused]).toEqual(Array(2).fill(expect.stringMatching(/^s3:GetObject points\/.*\/clock$/)));
      expect(under.guard.unused()).toEqual([]);
    });
  });

  it("that may not tag is told which right is missing", async () => {
    const config = { store: { url: "s3://unused" }, retention: { enforcedBy: "lifecycle", preset: "production" } };
    await asRole(WRITER, "test", {}, async ({ store }) => {
      const problem = await problemOf(backUp({ connection: postgres.connection, store, databases: ["shop"], config }));
      expect(problem.message).toMatch(/s3:PutObjectTagging only where retention\.enforcedBy is lifecycle/);
    });
  });
});

describe("the pruner", () => {
  const config = parseAgentConfig({ version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///not-used" } });
  const apply = (store: Store) =>
    applyRetention({
      config,
      policy: parseRetentionPolicy({ keepLast: 1, minimum: 1 }),
      store,
      by: "tester@here",
      reporter: silentReporter,
    });
  const [OLD, HIDDEN, NEW] = ["2024-11-01T02:00:00Z", "2024-11-02T02:00:00Z", "2024-11-04T02:00:00Z"];

  /** Everything that retention deals with: records of every kind, a run that died, a removal that was interrupted. */
  const storeEverything = async (owner: Store) => {
    const id = await storePoint(owner, OLD);
    await markSuspicious(owner, layout, id, idOf(NEW), []);
    await acceptRecoveryPoint(owner, layout, { id, reason: "as it should be", by: "me" });
    await writePin(owner, layout, { id, until: null, reason: "for a while", by: "me" });
    await writeUnpin(owner, layout, { id, reason: "no more", by: "me" });
    await owner.putDocument(layout.inUseUntil(id, "restore0", new Date(0)), "{}");
    await storeAttempt(owner, idOf("2024-11-03T02:00:00Z"), "died0000", new Date(0));
    await storeAttempt(owner, idOf("2024-11-03T02:00:00Z"), "died0001", new Date(0));
    await owner.putDocument(
      `${layout.attempt(idOf("2024-11-03T02:00:00Z"), "died0000")}alive-1.json`,
      JSON.stringify({ expiresAt: new Date(0) }),
    );
    const interrupted = await storePoint(owner, HIDDEN);
    await beginRemoval(owner, layout, interrupted, { by: "me", attempts: ["attempt1"] });
    await owner.remove(layout.manifest(interrupted));
    await storePoint(owner, NEW);
    // One that is suspicious and old enough to go: an acceptance is looked for right before.
    const suspicious = await storePoint(owner, "2024-01-01T02:00:00Z");
    await markSuspicious(owner, layout, suspicious, idOf(NEW), []);
  };

  it.each<[string, BucketOptions]>([
    ["with versions", { versioning: true }],
    ["without versions", {}],
  ])("removes all that goes from a bucket %s, and reads no dump", async (_name, options) => {
    await asRole(PRUNER, "shop", options, async ({ owner, store, guard }) => {
      await storeEverything(owner);
      const { removed, finished, leftovers, heldByStore } = await apply(store);
      expect([removed.length, finished.length, leftovers.length, heldByStore.length]).toEqual([2, 1, 2, 0]);
      // The store's clock: a refusal tells it too.
      expect([...guard.refused]).toEqual(["s3:GetObject points/clock"]);
      expect(guard.unused()).toEqual([]);
    });
  });

  it("tells of what Object Lock keeps, without until when where it may not ask, and that with three more rights", async () => {
    const asking: Role = {
      ...PRUNER,
      "s3:GetObjectRetention": ["manifests/*"],
      "s3:GetObjectLegalHold": ["manifests/*"],
      "s3:GetBucketObjectLockConfiguration": [""],
    };
    const held = async (role: Role) =>
      await asRole(role, "shop", { objectLock: { mode: "GOVERNANCE", days: 1 } }, async ({ owner, store }) => {
        await storePoint(owner, OLD);
        await storePoint(owner, NEW);
        return (await apply(store)).heldByStore.map(({ until }) => until !== null);
      });
    expect(await held(PRUNER)).toEqual([false]);
    expect(await held(asking)).toEqual([true]);
  });

  it("is stopped by the guard where it would read one: the guard is no sham", async () => {
    await asRole(PRUNER, "shop", {}, async ({ owner, store, bucket }) => {
      const id = await storePoint(owner, OLD);
      const problem = await problemOf(store.readDocument(`${layout.attempt(id, "attempt1")}shop.dump.zst`));
      expect(problem.message).toMatch(/may not do this/);
      await expect(store.putDocument(`${layout.attempt(id, "attempt1")}more.dump.zst`, "x")).rejects.toThrow(/may not do this/);
      await server.client.send(new PutObjectCommand({ Bucket: bucket, Key: "backups/shop/drills/x.json", Body: "x" }));
      await expect(store.remove("shop/drills/x.json")).rejects.toThrow(/s3:ListBucketVersions/);
    });
  });
});
