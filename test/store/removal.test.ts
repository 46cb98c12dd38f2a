import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
} from "@aws-sdk/client-s3";
import { ExitCode } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { HiddenObject, Store } from "../../packages/agent/src/store/Store.js";
import { problemOf } from "../support/problemOf.js";
import { type BucketOptions, type Credentials, startS3, type TestS3 } from "../support/s3Server.js";
import { keysOf } from "./reading.js";
import { credentialsOf, type FolderUnderTest, folderUnderTest, storeConfig } from "./storeUnderTest.js";

const point = "shop/points/20261121T020000Z-4f9k2m1x/aaaaaaaa";
const hidden = async (store: Store, prefix = ""): Promise<HiddenObject[]> => {
  const found: HiddenObject[] = [];
  for await (const object of store.listHidden(prefix)) found.push(object);
  return found;
};

describe("a folder", () => {
  let under: FolderUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await folderUnderTest();
    store = under.store;
  });
  afterAll(() => under?.close());
  const inStore = (...names: string[]) => join(under.folder, "store", ...names);

  it("removes an object and the folders that are empty by that, and nothing beside it", async () => {
    for (const key of ["a/b/one.json", "a/b/one.json.bak", "a/c/two.json"]) await store.putDocument(key, key);
    expect(await store.remove("a/b/one.json")).toEqual({ kind: "removed" });
    expect(await store.remove("a/b/one.json")).toEqual({ kind: "absent" });
    expect(await store.remove("a/b")).toEqual({ kind: "absent" });
    expect(await store.remove("a/c/two.json")).toEqual({ kind: "removed" });
    expect(await keysOf(store)).toEqual(["a/b/one.json.bak"]);
    expect(readdirSync(inStore("a"))).toEqual(["b"]);
    expect(await store.remove("a/b/one.json.bak")).toEqual({ kind: "removed" });
    expect(readdirSync(inStore())).toEqual([]);
    expect(await hidden(store)).toEqual([]);
    // And the store takes the name again, as one that was never there.
    await store.putDocument("a/b/one.json", "again");
    expect(await store.readDocument("a/b/one.json")).toBe("again");
  });

  it("leaves what a link leads to alone", async () => {
    const outside = join(under.folder, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "mine.json"), "mine");
    mkdirSync(inStore("links"), { recursive: true });
    symlinkSync(outside, inStore("links", "folder"));
    symlinkSync(join(outside, "mine.json"), inStore("links", "file.json"));
    for (const key of ["links/folder/mine.json", "links/file.json"]) {
      const problem = await problemOf(store.remove(key));
      expect(problem.exitCode).toBe(ExitCode.Configuration);
      expect(problem.message).toMatch(/symbolic link/);
    }
    await expect(store.removeUnfinished("links/", new Date())).rejects.toThrow(/symbolic link/);
    await expect(store.remove("../outside/mine.json")).rejects.toThrow(/not a name that pgkeep writes/);
    expect(readdirSync(outside)).toEqual(["mine.json"]);
  });

  it("takes writes while others remove what lay beside them", async () => {
    const failures: unknown[] = [];
    const work = async (writer: number) => {
      for (let number = 0; number < 60; number += 1) {
        const key = `busy/place/${writer}-${number}.json`;
        await store.putDocument(key, key).catch((error: unknown) => failures.push(error));
        await store.remove(key).catch((error: unknown) => failures.push(error));
      }
    };
    await Promise.all([1, 2, 3, 4].map(work));
    expect(failures).toEqual([]);
    expect(await keysOf(store, "busy/")).toEqual([]);
  });

  it("removes what a killed writer left, once it is old, and no file of anybody else", async () => {
    await store.putDocument(`${point}/begin.json`, "{}");
    const [old, fresh, foreign] = [
      ".pgkeep-00000000-0000-4000-8000-000000000001.partial",
      ".pgkeep-00000000-0000-4000-8000-000000000002.partial",
      ".notes.partial",
    ];
    for (const name of [old, fresh, foreign]) writeFileSync(inStore(point, name), "half");
    for (const name of [old, foreign]) utimesSync(inStore(point, name), 1_000_000, 1_000_000);
    expect(await store.removeUnfinished("shop/", new Date(Date.now() - 86_400_000))).toBe(1);
    expect(readdirSync(inStore(point)).toSorted()).toEqual([foreign, fresh, "begin.json"].toSorted());
  });

  it("says where the operating system does not let it remove", async () => {
    await store.putDocument("closed/one.json", "1");
    chmodSync(inStore("closed"), 0o500);
    // The superuser may all the same.
    if (process.getuid?.() === 0) expect(await store.remove("closed/one.json")).toEqual({ kind: "removed" });
    else expect((await problemOf(store.remove("closed/one.json"))).exitCode).toBe(ExitCode.Permission);
  });

  it("is readable by its owner only, whatever the umask says", async () => {
    const before = process.umask(0);
    try {
      await store.put("modes/deep/stream.bin", Readable.from([Buffer.from("bytes")]));
    } finally {
      process.umask(before);
    }
    expect(statSync(inStore("modes", "deep")).mode & 0o777).toBe(0o700);
    expect(statSync(inStore("modes", "deep", "stream.bin")).mode & 0o777).toBe(0o600);
  });
});

describe("S3", () => {
  let server: TestS3;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server?.stop());
  const open = (bucket: string, credentials: Credentials = server) =>
    openStore(storeConfig(`s3://${bucket}/backups`, { endpoint: server.endpoint }), credentialsOf(credentials));
  const made = async (bucket: string, options: BucketOptions = {}) => {
    await server.createBucket(bucket, options);
    return await open(bucket);
  };
  /** A DELETE as anybody's tool sends it, without a version. */
  const hide = (Bucket: string, key: string) => server.client.send(new DeleteObjectCommand({ Bucket, Key: `backups/${key}` }));
  const versions = async (Bucket: string, key: string) => {
    const { Versions = [], DeleteMarkers = [] } = await server.client.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: `backups/${key}` }),
    );
    return [...Versions, ...DeleteMarkers].map(({ Key }) => Key);
  };

  it.each<[string, BucketOptions]>([
    ["plain", {}],
    ["versioned", { versioning: true }],
  ])("removes for good from a %s bucket, and nothing beside it", async (bucket, options) => {
    const store = await made(bucket, options);
    for (const key of ["a/one.json", "a/one.json.bak", "a/one.jsonl/x"]) await store.putDocument(key, key);
    expect(await store.remove("a/one.json")).toEqual({ kind: "removed" });
    expect(await store.remove("a/one.json")).toEqual({ kind: "absent" });
    expect(await store.remove("a/none.json")).toEqual({ kind: "absent" });
    expect(await versions(bucket, "a/")).toEqual(["backups/a/one.json.bak", "backups/a/one.jsonl/x"]);
    expect(await hidden(store)).toEqual([]);
    await store.putDocument("a/one.json", "again");
    expect(await store.readDocument("a/one.json")).toBe("again");
    await store.close();
  });

  it("lists what is hidden, brings it back as it was, and removes every version of it", async () => {
    const store = await made("hidden", { versioning: true });
    for (const key of ["a/1.json", "a/2.json", "b/3.json"]) await store.putDocument(key, `first ${key}`);
    for (const key of ["a/1.json", "a/1.json", "b/3.json"]) await hide("hidden", key);
    const found = await hidden(store, "a/");
    expect(found).toMatchObject([{ key: "a/1.json", bytes: "first a/1.json".length, version: expect.any(String) }]);
    expect(found[0]?.hiddenAt.getTime()).toBeGreaterThanOrEqual(found[0]?.modifiedAt.getTime() ?? Number.NaN);
    expect((await hidden(store)).map(({ key }) => key)).toEqual(["a/1.json", "b/3.json"]);

    for (const object of found) await store.unhide(object);
    expect(await store.readDocument("a/1.json")).toBe("first a/1.json");
    for (const object of found) await store.unhide(object);
    expect(await hidden(store, "a/")).toEqual([]);

    // A second version on top of a hidden one, as after a DELETE that somebody wrote over.
    await server.client.send(new PutObjectCommand({ Bucket: "hidden", Key: "backups/b/3.json", Body: "second" }));
    expect(await hidden(store, "b/")).toEqual([]);
    expect(await store.remove("b/3.json")).toEqual({ kind: "removed" });
    expect(await versions("hidden", "b/")).toEqual([]);
    await hide("hidden", "a/2.json");
    const [old] = await hidden(store, "a/");
    expect(await store.remove("a/2.json")).toEqual({ kind: "removed" });
    if (!old) throw new Error("nothing was hidden");
    expect((await problemOf(store.unhide(old))).exitCode).toBe(ExitCode.TryAgain);
    await store.close();
  });

  it("lists hidden objects over several pages", async () => {
    const store = await made("pages", { versioning: true });
    const keys = Array.from({ length: 505 }, (_, index) => `many/${String(index).padStart(4, "0")}.json`);
    const inTens = async (work: (key: string) => Promise<unknown>) => {
      for (let begin = 0; begin < keys.length; begin += 20) await Promise.all(keys.slice(begin, begin + 20).map(work));
    };
    await inTens((key) => server.client.send(new PutObjectCommand({ Bucket: "pages", Key: `backups/${key}`, Body: "x" })));
    await inTens((key) => hide("pages", key));
    expect((await hidden(store, "many/")).map(({ key }) => key)).toEqual(keys);
    await store.close();
  });

  it("tells until when a lock keeps an object, which is as it was", async () => {
    const store = await made("locked", { objectLock: { mode: "GOVERNANCE", days: 2 } });
    await store.putDocument("a/one.json", "1");
    const kept = await store.remove("a/one.json");
    expect(kept).toMatchObject({ kind: "kept", reason: "Object Lock in governance mode" });
    const days = kept.kind === "kept" ? ((kept.until?.getTime() ?? 0) - Date.now()) / 86_400_000 : 0;
    expect(days).toBeGreaterThan(1.9);
    expect(days).toBeLessThanOrEqual(2.1);
    expect(await store.readDocument("a/one.json")).toBe("1");
    await hide("locked", "a/one.json");
    expect(await store.remove("a/one.json")).toMatchObject({ kind: "kept" });
    expect((await hidden(store)).map(({ key }) => key)).toEqual(["a/one.json"]);
    await store.close();
  });

  it("tells of a legal hold, which has no end", async () => {
    const store = await made("held", { objectLock: true });
    await store.putDocument("a/one.json", "1");
    await server.client.send(new PutObjectLegalHoldCommand({ Bucket: "held", Key: "backups/a/one.json", LegalHold: { Status: "ON" } }));
    expect(await store.remove("a/one.json")).toEqual({ kind: "kept", until: undefined, reason: expect.stringContaining("legal hold") });
    await store.close();
  });

  it("names the right that is missing", async () => {
    await server.createBucket("guarded", { versioning: true });
    const owner = await open("guarded");
    await owner.putDocument("a/one.json", "1");
    const writer = await server.createUser();
    const allow = (...Action: string[]) =>
      server.client.send(
        new PutBucketPolicyCommand({
          Bucket: "guarded",
          Policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { AWS: [writer.accessKey] },
                Action,
                Resource: ["arn:aws:s3:::guarded", "arn:aws:s3:::guarded/*"],
              },
            ],
          }),
        }),
      );
    const store = await open("guarded", writer);
    await allow("s3:GetObject", "s3:PutObject", "s3:ListBucket");
    const listing = await problemOf(store.remove("a/one.json"));
    expect(listing.exitCode).toBe(ExitCode.Permission);
    expect(listing.message).toMatch(/s3:ListBucketVersions/);
    await allow("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListBucketVersions");
    const deleting = await problemOf(store.remove("a/one.json"));
    expect(deleting.exitCode).toBe(ExitCode.Permission);
    expect(deleting.message).toMatch(/s3:DeleteObjectVersion/);
    expect(await owner.readDocument("a/one.json")).toBe("1");
    expect((await problemOf(store.removeUnfinished("shop/", new Date()))).message).toMatch(/s3:ListBucketMultipartUploads/);
    await store.close();
    await owner.close();
  });

  it("aborts old unfinished uploads of recovery points, and no upload of anybody else", async () => {
    const store = await made("uploads");
    const begin = (key: string) => server.client.send(new CreateMultipartUploadCommand({ Bucket: "uploads", Key: key }));
    for (const key of [`backups/${point}/shop.dump.zst`, "backups/shop/films/summer.mp4", `elsewhere/${point}/shop.dump.zst`])
      await begin(key);
    const later = new Date(Date.now() + 60_000);
    expect(await store.removeUnfinished("shop/", new Date(Date.now() - 60_000))).toBe(0);
    expect(await store.removeUnfinished("other/", later)).toBe(0);
    expect(await store.removeUnfinished("shop/", later)).toBe(1);
    const { Uploads = [] } = await server.client.send(new ListMultipartUploadsCommand({ Bucket: "uploads" }));
    expect(Uploads.map(({ Key }) => Key).toSorted()).toEqual(["backups/shop/films/summer.mp4", `elsewhere/${point}/shop.dump.zst`]);
    await store.close();
  });
});
