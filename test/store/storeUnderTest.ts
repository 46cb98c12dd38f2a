import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { AgentConfig } from "@pgkeep/core";
import { AzureContainer } from "../../packages/agent/src/store/azure/AzureContainer.js";
import { AzureStore } from "../../packages/agent/src/store/azure/AzureStore.js";
import { azureCredential } from "../../packages/agent/src/store/azure/azureCredential.js";
import { GcsBucket } from "../../packages/agent/src/store/gcs/GcsBucket.js";
import { GcsClient } from "../../packages/agent/src/store/gcs/GcsClient.js";
import { GcsStore } from "../../packages/agent/src/store/gcs/GcsStore.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import type { TestAzurite } from "../support/azuriteServer.js";
import type { TestGcs } from "../support/gcsServer.js";
import type { AnyS3 } from "../support/motoServer.js";
import { type StoreProxy, startStoreProxy } from "./storeProxy.js";

/** A store, and the way behind its back. */
export interface StoreUnderTest {
  store: Store;
  /** The same store, reached so that create-only is one step even where the server makes two of it (see storeProxy). */
  atomic: Store;
  /** The stored bytes of an object, read without pgkeep. */
  raw(key: string): Promise<Buffer>;
  /** Puts other bytes under a key, as damage or a forger would. */
  replace(key: string, bytes: Buffer): Promise<void>;
  /** What unfinished writes left that a writer could have removed, none of which a listing shows. */
  unfinished(): Promise<string[]>;
  close(): Promise<void>;
}

/** A store on a server. */
export interface RemoteUnderTest extends StoreUnderTest {
  /** Name of the bucket or container. */
  bucket: string;
  /** What `atomic` goes through. */
  proxy: StoreProxy;
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
export async function bucketUnderTest(server: AnyS3, prefix = "", changes: Partial<StoreConfig> = {}): Promise<RemoteUnderTest> {
  buckets += 1;
  const bucket = `bucket-${process.pid}-${buckets}`;
  await server.createBucket(bucket);
  const proxy = await startStoreProxy(server.endpoint);
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

/** A bucket of its own on a server that runs. */
export async function gcsUnderTest(server: TestGcs, prefix = "", options: { versioning?: boolean } = {}): Promise<RemoteUnderTest> {
  buckets += 1;
  const bucket = `bucket-${process.pid}-${buckets}`;
  await server.createBucket(bucket, options);
  const proxy = await startStoreProxy(server.endpoint, "json");
  const url = `gs://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  const [store, atomic] = await Promise.all([server, proxy].map(({ endpoint }) => openStore(storeConfig(url, { endpoint }), {})));
  const name = (key: string) => (prefix === "" ? key : `${prefix}/${key}`);
  if (!store || !atomic) throw new Error("unreachable");
  return {
    bucket,
    store,
    atomic,
    proxy,
    impatient: () => {
      const client = new GcsClient(proxy.endpoint, () => Promise.resolve({}), 2);
      return Promise.resolve(new GcsStore(new GcsBucket(client, bucket, prefix === "" ? "" : `${prefix}/`)));
    },
    raw: (key) => server.raw(bucket, name(key)),
    replace: (key, bytes) => server.replace(bucket, name(key), bytes),
    unfinished: () => Promise.resolve(server.openUploads().filter((open) => open.startsWith(name("")))),
    close: async () => {
      await store.close();
      await atomic.close();
      await proxy.stop();
    },
  };
}

/** Environment with the server's own credentials. */
export const azureEnvironment = ({ account, key }: TestAzurite) => ({ AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key });

/** A container of its own on a server that runs. Staged blocks cannot be removed by a writer, so `unfinished` has nothing to tell. */
export async function azureUnderTest(server: TestAzurite, prefix = ""): Promise<RemoteUnderTest> {
  buckets += 1;
  const bucket = `container-${process.pid}-${buckets}`;
  const container = server.client.getContainerClient(bucket);
  await container.create();
  const proxy = await startStoreProxy(new URL(server.endpoint).origin);
  const proxied = `${proxy.endpoint}/${server.account}`;
  const url = `azblob://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  const open = (endpoint: string) => openStore(storeConfig(url, { endpoint }), azureEnvironment(server));
  const [store, atomic] = [await open(server.endpoint), await open(proxied)];
  const name = (key: string) => (prefix === "" ? key : `${prefix}/${key}`);
  return {
    bucket,
    store,
    atomic,
    proxy,
    impatient: async () => {
      const credential = await azureCredential(azureEnvironment(server), server.account);
      return new AzureStore(new AzureContainer(proxied, bucket, prefix === "" ? "" : `${prefix}/`, credential, 2));
    },
    raw: (key) => container.getBlobClient(name(key)).downloadToBuffer(),
    replace: async (key, bytes) => {
      await container.getBlockBlobClient(name(key)).upload(bytes, bytes.length);
    },
    unfinished: () => Promise.resolve([]),
    close: async () => {
      await store.close();
      await atomic.close();
      await proxy.stop();
    },
  };
}
