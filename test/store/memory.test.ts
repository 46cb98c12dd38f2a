import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAzurite } from "../support/azuriteServer.js";
import { startGcs } from "../support/gcsServer.js";
import { startS3, type TestS3 } from "../support/s3Server.js";
import { childArguments } from "./childArguments.js";
import type { PutOrder } from "./putProcess.mjs";
import { azureEnvironment, azureUnderTest, bucketUnderTest, credentialsOf, folderUnderTest, gcsUnderTest } from "./storeUnderTest.js";

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;

/** In a process of its own: the test's own memory must not count. */
async function grownBy(order: PutOrder, environment: Record<string, string> = {}): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, childArguments("putProcess.mts", order), {
    env: { ...process.env, ...environment },
  });
  const { grewByMegabytes, record } = JSON.parse(stdout);
  expect(record.plainBytes).toBe(order.bytes);
  return grewByMegabytes;
}

describe("1 GiB and less of random bytes, encrypted, in bounded memory", { timeout: 600_000 }, () => {
  let server: TestS3;
  let recipients: string[];
  beforeAll(async () => {
    server = await startS3();
    recipients = [await identityToRecipient(await generateX25519Identity())];
  });
  afterAll(() => server?.stop());

  it("into a folder", async () => {
    const under = await folderUnderTest();
    try {
      expect(await grownBy({ url: under.store.description, key: "big", bytes: GIB, recipients })).toBeLessThan(150);
    } finally {
      await under.close();
    }
  });

  it("into a bucket", async () => {
    const under = await bucketUnderTest(server);
    try {
      const order = { url: under.store.description, endpoint: server.endpoint, key: "big", bytes: GIB, recipients };
      expect(await grownBy(order, credentialsOf(server))).toBeLessThan(150);
    } finally {
      await under.close();
    }
  });

  // Less than a GiB: fake-gcs-server holds it in memory, and sums it all up at each chunk.
  it("into a bucket of Google, 192 MiB", async () => {
    const google = await startGcs();
    const under = await gcsUnderTest(google);
    try {
      const order = { url: under.store.description, endpoint: google.endpoint, key: "big", bytes: 192 * MIB, recipients };
      expect(await grownBy(order)).toBeLessThan(130);
    } finally {
      await under.close();
      await google.stop();
    }
  });

  it("into a container of Azure, 192 MiB", async () => {
    const azurite = await startAzurite();
    const under = await azureUnderTest(azurite);
    try {
      const order = { url: under.store.description, endpoint: azurite.endpoint, key: "big", bytes: 192 * MIB, recipients };
      expect(await grownBy(order, azureEnvironment(azurite))).toBeLessThan(130);
    } finally {
      await under.close();
      await azurite.stop();
    }
  });
});
