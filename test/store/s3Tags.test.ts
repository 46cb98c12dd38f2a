import { GetObjectTaggingCommand, HeadObjectCommand, PutObjectTaggingCommand } from "@aws-sdk/client-s3";
import { RetentionClass, storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { taggedStore } from "../../packages/agent/src/retention/taggedStore.js";
import { ObjectExistsError } from "../../packages/agent/src/store/Store.js";
import { type AnyS3, startMoto } from "../support/motoServer.js";
import { startS3 } from "../support/s3Server.js";
import { bucketUnderTest, type RemoteUnderTest } from "./storeUnderTest.js";
import { MIB, someBytes } from "./streams.js";

const TAGS = { "pgkeep-class": "weekly", "pgkeep-part": "data" };
const ID = "20261121T020000Z-4f9k2m1x";

describe.each<[string, () => Promise<AnyS3>]>([
  ["versitygw", startS3],
  ["moto", startMoto],
])("tags of objects on %s", (_name, start) => {
  let server: AnyS3;
  let under: RemoteUnderTest;
  beforeAll(async () => {
    server = await start();
    under = await bucketUnderTest(server, "backups");
  });
  afterAll(async () => {
    await under?.close();
    await server?.stop();
  });
  const place = (key: string) => ({ Bucket: under.bucket, Key: `backups/${key}` });
  const tagsOf = async (key: string) => {
    const { TagSet = [] } = await server.client.send(new GetObjectTaggingCommand(place(key)));
    return Object.fromEntries(TagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
  };

  it("are there from the moment in which a document appears, and none where none were asked for", async () => {
    await under.store.putDocument("tagged.json", "{}", { tags: TAGS });
    await under.store.putDocument("plain.json", "{}");
    expect(await tagsOf("tagged.json")).toEqual(TAGS);
    expect(await tagsOf("plain.json")).toEqual({});
  });

  it.each([
    ["one request", 1000],
    ["parts", 20 * MIB],
  ])("of a stream that is uploaded in %s", async (way, bytes) => {
    await under.store.put(`${way.replace(" ", "-")}.bin`, someBytes(bytes), { tags: TAGS });
    expect(await tagsOf(`${way.replace(" ", "-")}.bin`)).toEqual(TAGS);
    const head = await server.client.send(new HeadObjectCommand(place(`${way.replace(" ", "-")}.bin`)));
    expect(head.ContentLength).toBe(bytes);
  });

  it("take any text", async () => {
    const tags = { "a key": "a/b c+d=e:f@g-h_i.j" };
    await under.store.putDocument("any.json", "{}", { tags });
    expect(await tagsOf("any.json")).toEqual(tags);
  });

  it("stay as they were where a later write is refused, in one request and in parts", async () => {
    await under.store.putDocument("first.json", "{}", { tags: TAGS });
    const other = { tags: { ...TAGS, "pgkeep-class": "daily" } };
    await expect(under.store.putDocument("first.json", "{}", other)).rejects.toThrow(ObjectExistsError);
    await expect(under.store.put("first.json", someBytes(20 * MIB), other)).rejects.toThrow(ObjectExistsError);
    expect(await tagsOf("first.json")).toEqual(TAGS);
  });

  it("are on everything of a recovery point, and on nothing beside it", async () => {
    const layout = storeLayout("shop");
    const store = taggedStore(under.store, layout, ID, RetentionClass.Yearly);
    const prefix = layout.attempt(ID, "attempt1");
    await store.putDocument(`${prefix}begin.json`, "{}");
    await store.put(`${prefix}shop.dump.zst`, someBytes(20 * MIB), { expectedBytes: 20 * MIB });
    await store.putDocument(layout.suspicion(ID), "{}");
    await store.putDocument(layout.manifest(ID), "{}");
    await store.putDocument(layout.auditRecord(new Date(0), "backup", "done", "00000000"), "{}");
    const found: Record<string, object> = {};
    for await (const { key } of store.list("shop/")) found[key.replace("shop/", "")] = await tagsOf(key);
    const data = { "pgkeep-class": "yearly", "pgkeep-part": "data" };
    expect(found).toEqual({
      "audit/19700101T000000.000Z-backup-done-00000000.json": {},
      [`manifests/${ID}.json`]: { "pgkeep-class": "yearly", "pgkeep-part": "manifest" },
      [`points/${ID}/attempt1/begin.json`]: data,
      [`points/${ID}/attempt1/shop.dump.zst`]: data,
      [`suspicious/${ID}.json`]: {},
    });
  });

  it("whoever may tag could shorten a life by that: shown here, and why the writer's policy must deny it", async () => {
    await under.store.putDocument("long.json", "{}", { tags: { ...TAGS, "pgkeep-class": "yearly" } });
    const TagSet = [{ Key: "pgkeep-class", Value: "daily" }];
    await server.client.send(new PutObjectTaggingCommand({ ...place("long.json"), Tagging: { TagSet } }));
    expect(await tagsOf("long.json")).toEqual({ "pgkeep-class": "daily" });
  });
});
