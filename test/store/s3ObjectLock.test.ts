import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import { type HiddenObject, ObjectExistsError, type Store } from "../../packages/agent/src/store/Store.js";
import { type BucketOptions, startS3, type TestS3 } from "../support/s3Server.js";
import { credentialsOf, storeConfig } from "./storeUnderTest.js";
import { MIB, someBytes } from "./streams.js";

const KEY = "shop/manifests/20261121T020000Z-4f9k2m1x.json";

describe("what is under Object Lock, on versitygw", () => {
  let server: TestS3;
  let buckets = 0;
  const stores: Store[] = [];
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server?.stop();
  });

  const made = async (options: BucketOptions) => {
    buckets += 1;
    const Bucket = `lock-${process.pid}-${buckets}`;
    await server.createBucket(Bucket, options);
    const store = await openStore(storeConfig(`s3://${Bucket}/backups`, { endpoint: server.endpoint }), credentialsOf(server));
    stores.push(store);
    const place = { Bucket, Key: `backups/${KEY}` };
    const versions = async () => (await server.client.send(new ListObjectVersionsCommand({ Bucket, Prefix: place.Key }))).Versions ?? [];
    return { store, place, versions };
  };
  const MODES = ["GOVERNANCE", "COMPLIANCE"] as const;

  it.each(MODES)("a stranger's plain PUT over it is served, in %s mode: a lock keeps versions, not what is in sight", async (mode) => {
    const { store, place, versions } = await made({ objectLock: { mode, days: 1 } });
    await store.putDocument(KEY, "ours");
    await server.client.send(new PutObjectCommand({ ...place, Body: "theirs" }));
    expect(await store.readDocument(KEY)).toBe("theirs");
    // Ours is beneath it, locked as before.
    const [theirs, ours] = await versions();
    expect([theirs?.IsLatest, ours?.IsLatest]).toEqual([true, false]);
    const beneath = await server.client.send(new GetObjectCommand({ ...place, VersionId: ours?.VersionId }));
    expect(await beneath.Body?.transformToString()).toBe("ours");
    await expect(server.client.send(new DeleteObjectCommand({ ...place, VersionId: ours?.VersionId }))).rejects.toThrow(
      /object lock|worm|locked|denied/i,
    );
  });

  it.each(MODES)(
    "our own writes are create-only and refused, in %s mode: what is in sight stays, and there is one version",
    async (mode) => {
      const { store, versions } = await made({ objectLock: { mode, days: 1 } });
      await store.putDocument(KEY, "ours");
      await expect(store.putDocument(KEY, "again")).rejects.toThrow(ObjectExistsError);
      await expect(store.put(KEY, someBytes(1000))).rejects.toThrow(ObjectExistsError);
      await expect(store.put(KEY, someBytes(20 * MIB))).rejects.toThrow(ObjectExistsError);
      expect(await store.readDocument(KEY)).toBe("ours");
      expect(await versions()).toHaveLength(1);
    },
  );

  it("removal goes for the versions beneath first, so it takes nothing of what a stranger put on top either: it is kept, until when is told", async () => {
    const { store, place, versions } = await made({ objectLock: { mode: "COMPLIANCE", days: 1 } });
    await store.putDocument(KEY, "ours");
    await server.client.send(new PutObjectCommand({ ...place, Body: "theirs" }));
    const kept = await store.remove(KEY);
    expect(kept).toMatchObject({ kind: "kept", reason: "Object Lock in compliance mode", until: expect.any(Date) });
    expect(await versions()).toHaveLength(2);
  });

  it("a DELETE only hides it and undelete brings it back, unless another came under its name since", async () => {
    const { store, place, versions } = await made({ objectLock: { mode: "GOVERNANCE", days: 1 } });
    await store.putDocument(KEY, "ours");
    await server.client.send(new DeleteObjectCommand(place));
    expect(await store.readDocument(KEY)).toBeUndefined();
    const hidden: HiddenObject[] = [];
    for await (const object of store.listHidden("")) hidden.push(object);
    const [found] = hidden;
    if (!found) throw new Error("nothing is hidden");
    await store.unhide(found);
    expect(await store.readDocument(KEY)).toBe("ours");
    await server.client.send(new DeleteObjectCommand(place));
    // AWS takes a create-only write before which a delete marker stands; versitygw refuses it, so somebody else writes here.
    await server.client.send(new PutObjectCommand({ ...place, Body: "anew" }));
    expect(await store.readDocument(KEY)).toBe("anew");
    await expect(store.unhide(found)).rejects.toThrow(/changed since it was listed/);
    expect(await versions()).toHaveLength(2);
  });

  it("an upload in parts with tags is locked as a document is", async () => {
    const { store, place } = await made({ objectLock: { mode: "GOVERNANCE", days: 1 } });
    await store.put(KEY, someBytes(20 * MIB), { tags: { "pgkeep-class": "daily", "pgkeep-part": "data" } });
    expect((await store.remove(KEY)).kind).toBe("kept");
    // versitygw applies the bucket's default without writing it to the object; AWS answers with the date.
    const retention = await server.client.send(new GetObjectRetentionCommand(place)).catch((error: Error) => error.name);
    expect(typeof retention === "string" ? retention : retention.Retention?.Mode).toMatch(/^(NoSuchObjectLockConfiguration|GOVERNANCE)$/);
  });
});
