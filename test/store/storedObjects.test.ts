import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { ExitCode, type StoredObjectRecord } from "@pgkeep/core";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStored } from "../../packages/agent/src/codec/readStored.js";
import { writeStored } from "../../packages/agent/src/codec/writeStored.js";
import { problemOf } from "../support/problemOf.js";
import { startS3, type TestS3 } from "../support/s3Server.js";
import { bucketUnderTest, folderUnderTest, type StoreUnderTest } from "./storeUnderTest.js";
import { dyingAfter, fingerprintOf, MIB, someBytes } from "./streams.js";

/** Text that compresses, with enough that does not for several frames and age chunks to be stored. */
const dump = (seed: number) =>
  Buffer.concat(Array.from({ length: 40 }, (_, n) => Buffer.concat([Buffer.from(`row ${seed} ${n}\t`.repeat(4_000)), randomBytes(9_000)])));

let server: TestS3;
let identity: string;
let escrow: string;
let recipients: string[];
beforeAll(async () => {
  server = await startS3();
  identity = await generateX25519Identity();
  escrow = await generateX25519Identity();
  recipients = await Promise.all([identity, escrow].map((key) => identityToRecipient(key)));
});
afterAll(() => server?.stop());

describe.each([
  ["a folder", folderUnderTest],
  ["a bucket", () => bucketUnderTest(server, "prefix")],
])("objects in %s", (_, open: () => Promise<StoreUnderTest>) => {
  let under: StoreUnderTest;
  beforeAll(async () => {
    under = await open();
  });
  afterAll(() => under?.close());

  let objects = 0;
  const write = (plain: Buffer, encrypted = true) => {
    objects += 1;
    return writeStored(under.store, `points/${objects}`, Readable.from([plain]), { level: 3, recipients: encrypted ? recipients : [] });
  };
  const read = async (record: StoredObjectRecord, identities = [identity]) => buffer(await readStored(under.store, record, identities));
  /** How reading ends: by a problem that names the object, and with how many bytes given. */
  const refusal = async (record: StoredObjectRecord, identities = [identity]) => {
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of await readStored(under.store, record, identities)) bytes += chunk.length;
    })();
    const problem = await problemOf(reading);
    expect(problem.exitCode).toBe(ExitCode.DataWrong);
    expect(problem.message).toContain(record.key);
    return { problem, bytes };
  };

  it.each([true, false])("come back, encrypted: %s", async (encrypted) => {
    for (const plain of [dump(1), Buffer.alloc(0), Buffer.from("x")]) {
      const record = await write(plain, encrypted);
      expect(record.codec).toEqual(encrypted ? ["zstd", "age"] : ["zstd"]);
      expect(record.bytes).toBe((await under.raw(record.key)).length);
      expect((await read(record)).equals(plain)).toBe(true);
      if (encrypted) expect((await read(record, [await generateX25519Identity(), escrow])).equals(plain)).toBe(true);
    }
  });

  it("are readable by nobody else, and not without an identity", async () => {
    const record = await write(dump(1));
    const { problem, bytes } = await refusal(record, [await generateX25519Identity()]);
    expect(problem.message).toMatch(/none of the identities given opens it/);
    expect(bytes).toBe(0);
    expect((await problemOf(readStored(under.store, record, []))).exitCode).toBe(ExitCode.Configuration);
  });

  it.each([true, false])("are refused when cut, anywhere, encrypted: %s", async (encrypted) => {
    const plain = dump(2);
    const record = await write(plain, encrypted);
    const whole = await under.raw(record.key);
    const lengths = [0, 1, ...[0.01, 0.05, 0.5, 0.99].map((share) => Math.floor(whole.length * share)), whole.length - 1];
    for (const length of lengths) {
      await under.replace(record.key, whole.subarray(0, length));
      const { problem, bytes } = await refusal(record);
      expect(problem.message, `cut at ${length}`).toMatch(new RegExp(`ends after ${length} bytes, ${record.bytes} were recorded`));
      expect(bytes).toBeLessThan(plain.length);
    }
  });

  it.each([true, false])("are refused with a byte flipped, anywhere, encrypted: %s", async (encrypted) => {
    const plain = dump(3);
    const record = await write(plain, encrypted);
    const whole = await under.raw(record.key);
    const positions = [
      0,
      1,
      4,
      5,
      30,
      100,
      300,
      whole.length - 1,
      ...Array.from({ length: 25 }, () => Math.floor(Math.random() * whole.length)),
    ];
    for (const position of positions) {
      const damaged = Buffer.from(whole);
      damaged[position] = (damaged[position] ?? 0) ^ 0x10;
      await under.replace(record.key, damaged);
      const { problem, bytes } = await refusal(record);
      expect(bytes, `byte ${position}: ${problem.message}`).toBeLessThan(plain.length);
    }
  });

  it("are refused when longer, missing, or another object's", async () => {
    const [one, two] = [await write(dump(4), false), await write(dump(5), false)];
    const [first, second] = [await under.raw(one.key), await under.raw(two.key)];
    await under.replace(one.key, Buffer.concat([first, first]));
    expect((await refusal(one)).problem.message).toMatch(/holds more than the \d+ bytes/);
    await under.replace(one.key, Buffer.concat([first, Buffer.from("x")]));
    await refusal(one);
    await under.replace(one.key, second);
    const swapped = await refusal(one);
    expect(swapped.bytes).toBeLessThan(one.plainBytes);
    expect((await refusal({ ...one, key: "points/nowhere" })).problem.message).toMatch(/nothing is stored under its key/);
  });

  it("are refused when another object has the very same size", async () => {
    const [one, two] = [await write(randomBytes(300_000)), await write(randomBytes(300_000))];
    expect(one.bytes).toBe(two.bytes);
    await under.replace(one.key, await under.raw(two.key));
    const { problem, bytes } = await refusal(one);
    expect(problem.message).toMatch(/recorded size but other bytes: sha256 [0-9a-f]{64}/);
    // Never the last bytes: whoever restores from it must not get to the end.
    expect(bytes).toBeLessThan(300_000);
  });

  it("are refused when the manifest lies about what was in them", async () => {
    const record = await write(dump(6));
    expect((await refusal({ ...record, plainBytes: record.plainBytes + 1 })).problem.message).toMatch(/decoded, it ends after/);
    expect((await refusal({ ...record, plainBytes: record.plainBytes - 1 })).problem.message).toMatch(/decoded, it holds more than/);
    expect((await refusal({ ...record, plainSha256: "0".repeat(64) })).problem.message).toMatch(
      /decoded, it has the recorded size but other bytes/,
    );
    await refusal({ ...record, codec: ["zstd"] });
    await refusal({ ...record, codec: [] });
  });

  it("never fail unheard, and let go when they are given up", async () => {
    const record = await write(dump(7));
    await under.replace(record.key, randomBytes(1_000));
    const unread = await readStored(under.store, record, [identity]);
    await new Promise((resolve) => setTimeout(resolve, 200)); // it fails before anybody listens
    expect((await problemOf(buffer(unread))).exitCode).toBe(ExitCode.DataWrong);
    const good = await write(dump(8));
    const body = await readStored(under.store, good, [identity]);
    body.destroy();
    await expect(buffer(body)).rejects.toThrow();
  });

  it("of a producer that dies do not exist, and it is the producer's error that is thrown", async () => {
    const error = new Error("pg_dump ended with 1");
    for (const bytes of [0, 100, 30 * MIB]) {
      const writing = writeStored(under.store, "points/dying", dyingAfter(bytes, error), { level: 1, recipients });
      await expect(writing).rejects.toBe(error);
      expect(await under.store.read("points/dying")).toBeUndefined();
      expect(await under.unfinished()).toEqual([]);
    }
  });

  it("that are refused by the store, or by a wrong recipient, tell their producer", async () => {
    await under.store.putDocument("points/taken", "x");
    for (const [key, to] of [
      ["points/taken", recipients],
      ["points/free", ["age1wrong"]],
      ["../out", recipients],
    ] as const) {
      const producer = someBytes(64 * MIB);
      const writing = writeStored(under.store, key, producer, { level: 1, recipients: to });
      await expect(writing).rejects.toThrow();
      expect(producer.destroyed).toBe(true);
    }
  });

  it("are aborted by a signal, for its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("the snapshot was lost");
    const stalled = new Readable({ read() {} });
    stalled.push(randomBytes(MIB));
    const writing = writeStored(under.store, "points/aborted", stalled, { level: 1, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 300);
    await expect(writing).rejects.toBe(reason);
    expect(stalled.destroyed).toBe(true);
    expect(await under.store.read("points/aborted")).toBeUndefined();
  });

  it("pass their verification through a pipeline into a program", async () => {
    const record = await write(dump(9));
    const body = await readStored(under.store, record, [identity]);
    let seen: unknown;
    await pipeline(body, async (chunks: AsyncIterable<Buffer>) => {
      seen = await fingerprintOf(chunks);
    });
    expect(seen).toEqual({ bytes: record.plainBytes, sha256: record.plainSha256 });
  });
});
