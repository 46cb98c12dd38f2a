import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startS3, type TestS3 } from "../support/s3Server.js";
import { childArguments } from "./childArguments.js";
import type { PutOrder } from "./putProcess.mjs";
import { bucketUnderTest, credentialsOf, folderUnderTest } from "./storeUnderTest.js";

const GIB = 1024 ** 3;

/** In a process of its own: the test's own memory must not count. */
async function grownBy(order: PutOrder, environment: Record<string, string> = {}): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, childArguments("putProcess.mts", order), {
    env: { ...process.env, ...environment },
  });
  const { grewByMegabytes, record } = JSON.parse(stdout);
  expect(record.plainBytes).toBe(order.bytes);
  return grewByMegabytes;
}

describe("1 GiB of random bytes, encrypted, in bounded memory", { timeout: 600_000 }, () => {
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
});
