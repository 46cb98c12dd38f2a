import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { AgentConfig } from "@pgkeep/core";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import type { TestS3 } from "../support/s3Server.js";
import { type S3Proxy, startS3Proxy } from "./s3Proxy.js";

/** A store, and the way behind its back. */
export interface StoreUnderTest {
  store: Store;
  /** The same store, reached so that create-only is one step even where the server makes two of it (see s3Proxy). */
  atomic: Store;
  /** The stored bytes of an object, read without pgkeep. */
  raw(key: string): Promise<Buffer>;
  /** Puts other bytes under a key, as damage or a forger would. */
  replace(key: string, bytes: Buffer): Promise<void>;
  /** What unfinished writes left, none of which a listing shows. */
  unfinished(): Promise<string[]>;
  close(): Promise<void>;
}

export interface BucketUnderTest extends StoreUnderTest {
  bucket: string;
  /** What `atomic` goes through. */
  proxy: S3Proxy;
  /** The store through the proxy, giving up after the second try. */
  impatient(): Promise<Store>;
}

type StoreConfig = AgentConfig["store"];
export const storeConfig = (url: string, changes: Partial<StoreConfig> = {}): StoreConfig => ({
  url,
  forcePathStyle: true,
  checksums: "when_supported",
  ...changes,
});

export interface FolderUnderTest extends StoreUnderTest {
  /** Its own temporary folder; the store is `store` in it. */
  folder: string;
}

export async function folderUnderTest(): Promise<FolderUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-folder-"));
  const store = await openStore(storeConfig(`file://${folder}/store`), {});
  const path = (key: string) => join(folder, "store", key);
  return {
    folder,
    store,
    atomic: store,
    raw: (key) => readFile(path(key)),
    replace: (key, bytes) => writeFile(path(key), bytes),
    unfinished: async () => {
      const names = await readdir(join(folder, "store"), { recursive: true }).catch(() => []);
      return names.filter((name) => name.includes(".partial"));
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Environment with the server's own credentials. */
export const credentialsOf = ({ accessKey, secretKey }: { accessKey: string; secretKey: string }) => ({
  AWS_ACCESS_KEY_ID: accessKey,
  AWS_SECRET_ACCESS_KEY: secretKey,
});

let buckets = 0;

/** A bucket of its own on a server that runs. */
export async function bucketUnderTest(server: TestS3, prefix = "", changes: Partial<StoreConfig> = {}): Promise<BucketUnderTest> {
  buckets += 1;
  const bucket = `bucket-${process.pid}-${buckets}`;
  await server.createBucket(bucket);
  const proxy = await startS3Proxy(server.endpoint);
  const url = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  const open = (endpoint: string, environment = {}) =>
    openStore(storeConfig(url, { endpoint, ...changes }), { ...credentialsOf(server), ...environment });
  const [store, atomic] = [await open(server.endpoint), await open(proxy.endpoint)];
  const Key = (key: string) => (prefix === "" ? key : `${prefix}/${key}`);
  return {
    bucket,
    store,
    atomic,
    proxy,
    impatient: () => open(proxy.endpoint, { AWS_MAX_ATTEMPTS: "2" }),
    raw: async (key) => {
      const { Body } = await server.client.send(new GetObjectCommand({ Bucket: bucket, Key: Key(key) }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    replace: async (key, bytes) => {
      await server.client.send(new PutObjectCommand({ Bucket: bucket, Key: Key(key), Body: bytes }));
    },
    unfinished: async () => {
      const { Uploads = [] } = await server.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.map((upload) => upload.Key ?? "");
    },
    close: async () => {
      await store.close();
      await atomic.close();
      await proxy.stop();
    },
  };
}
