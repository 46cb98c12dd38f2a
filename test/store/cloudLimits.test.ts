import { ContainerSASPermissions, generateBlobSASQueryParameters, StorageSharedKeyCredential } from "@azure/storage-blob";
import { ExitCode } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertCreateOnly } from "../../packages/agent/src/store/assertCreateOnly.js";
import { AzureContainer } from "../../packages/agent/src/store/azure/AzureContainer.js";
import { type AzureLimits, AzureStore } from "../../packages/agent/src/store/azure/AzureStore.js";
import { azureCredential } from "../../packages/agent/src/store/azure/azureCredential.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { startAzurite, type TestAzurite } from "../support/azuriteServer.js";
import { startGcs } from "../support/gcsServer.js";
import { type AnyS3, startMoto } from "../support/motoServer.js";
import { problemOf } from "../support/problemOf.js";
import { keysOf, opened } from "./reading.js";
import { azureEnvironment, azureUnderTest, credentialsOf, gcsUnderTest, type RemoteUnderTest, storeConfig } from "./storeUnderTest.js";
import { fingerprintOf, MIB, someBytes, stallingAfter } from "./streams.js";

const fill = async (store: Store, count: number): Promise<string[]> => {
  const keys = Array.from({ length: count }, (_, n) => `pages/${String(n).padStart(5, "0")}`);
  for (let n = 0; n < keys.length; n += 32) await Promise.all(keys.slice(n, n + 32).map((key) => store.putDocument(key, "x")));
  return keys;
};

it("Google Cloud Storage lists over more than one page", async () => {
  const server = await startGcs();
  try {
    const under = await gcsUnderTest(server, "prefix");
    const keys = await fill(under.store, 1_103);
    expect(await keysOf(under.atomic, "pages/")).toEqual(keys);
    expect(under.proxy.requests.filter((line) => line.includes("maxResults"))).toHaveLength(2);
    await under.close();
  } finally {
    await server.stop();
  }
});

describe("Azure Blob Storage", () => {
  let server: TestAzurite;
  let under: RemoteUnderTest;
  beforeAll(async () => {
    server = await startAzurite();
    under = await azureUnderTest(server);
  });
  afterAll(async () => {
    await under?.close();
    await server?.stop();
  });
  const limited = async (limits: AzureLimits) => {
    const credential = await azureCredential(azureEnvironment(server), server.account);
    return new AzureStore(new AzureContainer(server.endpoint, under.bucket, "", credential), limits);
  };

  it("lists over more than one page", async () => {
    const keys = await fill(under.store, 205);
    const store = await limited({ pageSize: 100 });
    expect(await keysOf(store, "pages/")).toEqual(keys);
    await store.close();
  });

  it("sends larger blocks when the guess was too low, and ends early, with nothing there, when even that is not enough", async () => {
    const ten = await limited({ maximumBlocks: 10 });
    await ten.put("grown", someBytes(100 * MIB));
    expect(await fingerprintOf(await opened(ten, "grown"))).toEqual(await fingerprintOf(someBytes(100 * MIB)));
    await ten.close();
    const three = await limited({ maximumBlocks: 3 });
    const problem = await problemOf(three.put("outgrown", stallingAfter(40 * MIB)));
    expect(problem.exitCode).toBe(ExitCode.InputOutput);
    expect(problem.message).toMatch(/larger than the 25165824 bytes that 3 blocks can hold/);
    expect(await three.read("outgrown")).toBeUndefined();
    await three.close();
  });

  const signature = (permissions: string, expiresOn = new Date(Date.now() + 600_000)) =>
    generateBlobSASQueryParameters(
      { containerName: under.bucket, permissions: ContainerSASPermissions.parse(permissions), expiresOn },
      new StorageSharedKeyCredential(server.account, server.key),
    ).toString();
  const openWith = (environment: Record<string, string>) =>
    openStore(storeConfig(under.store.description, { endpoint: server.endpoint }), environment);

  it("takes a signature that may read, write and list, and no more, for everything that a backup does", async () => {
    const store = await openWith({ AZURE_STORAGE_SAS_TOKEN: `?${signature("rwl")}` });
    await assertCreateOnly(store, "signed/probe.json");
    await store.put("signed/object", someBytes(20 * MIB));
    expect(await keysOf(store, "signed/")).toEqual(["signed/object", "signed/probe.json"]);
    const problem = await problemOf(store.remove("signed/object"));
    expect(problem.exitCode).toBe(ExitCode.Permission);
    expect(problem.message).toMatch(/the rights d and x/);
    await store.close();
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    [
      "a wrong key",
      () => ({ AZURE_STORAGE_ACCOUNT: server.account, AZURE_STORAGE_KEY: Buffer.alloc(32, "hidden").toString("base64") }),
      /does not accept|may not do this/,
    ],
    [
      "an expired signature",
      () => ({ AZURE_STORAGE_SAS_TOKEN: signature("rwl", new Date(Date.now() - 600_000)) }),
      /may not do this|does not accept/,
    ],
  ])("says %s in words, and never repeats it", async (_name, environment, words) => {
    const given = environment();
    const store = await openWith(given);
    for (const work of [() => store.putDocument("a.json", "x"), () => store.put("a", someBytes(20 * MIB)), () => keysOf(store)]) {
      const problem = await problemOf(work());
      expect(problem.exitCode).toBe(ExitCode.Permission);
      expect(problem.message).toMatch(words);
      for (const secret of Object.values(given).filter((value) => value !== server.account)) {
        expect(problem.message).not.toContain(secret.split("sig=")[1] ?? secret);
      }
    }
    await store.close();
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      "two kinds of credentials",
      { AZURE_STORAGE_ACCOUNT: "a", AZURE_STORAGE_KEY: "hidden", AZURE_STORAGE_SAS_TOKEN: "hidden" },
      /both are set/,
    ],
    ["a key without its account", { AZURE_STORAGE_KEY: "hidden" }, /store\.account.*a key is nothing without it/s],
    ["half an application", { AZURE_CLIENT_SECRET: "hidden", AZURE_CLIENT_ID: "x" }, /AZURE_TENANT_ID: it is not set/],
  ])("refuses %s", async (_name, environment, words) => {
    const problem = await problemOf(openWith(environment));
    expect(problem.exitCode).toBe(ExitCode.Configuration);
    expect(problem.message).toMatch(words);
    expect(problem.message).not.toContain("hidden");
  });

  it("needs an account or an address", async () => {
    expect((await problemOf(openStore(storeConfig("azblob://shop"), {}))).message).toMatch(/store\.account.*AZURE_STORAGE_ACCOUNT/s);
  });
});

describe("S3 (moto)", () => {
  let server: AnyS3;
  beforeAll(async () => {
    server = await startMoto();
  });
  afterAll(() => server?.stop());

  it("tells until when a lock keeps an object, which is as it was", async () => {
    await server.createBucket("locked", { objectLock: { mode: "COMPLIANCE", days: 2 } });
    const store = await openStore(storeConfig("s3://locked", { endpoint: server.endpoint }), credentialsOf(server));
    await store.putDocument("a.json", "1");
    const kept = await store.remove("a.json");
    expect(kept).toMatchObject({ kind: "kept", reason: "Object Lock in compliance mode" });
    expect(kept.kind === "kept" && kept.until && kept.until.getTime() > Date.now() + 1.9 * 86_400_000).toBe(true);
    expect(await store.readDocument("a.json")).toBe("1");
    await store.close();
  });
});
