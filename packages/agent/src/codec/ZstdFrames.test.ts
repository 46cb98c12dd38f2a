import { randomBytes } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeStages } from "./decodeStages.js";
import { inChunks, throughStages } from "./throughStages.fixture.js";

const decode = (bytes: Buffer, chunk = 65_536) => throughStages(decodeStages(["zstd"]), inChunks(bytes, chunk));
const compress = (text: string | Buffer) => zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
const skippable = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from("hello")]);

describe("several frames in one .zst", () => {
  const two = Buffer.concat([compress("hello ".repeat(50_000)), compress("world ".repeat(50_000))]);
  it.each([1, 2, 3, 7, 64, 1_000_000])("are all read, in chunks of %d", async (chunk) => {
    expect((await decode(two, chunk)).toString()).toBe("hello ".repeat(50_000) + "world ".repeat(50_000));
  });

  it("may be many, small, empty, raw, run-length and skippable", async () => {
    const frames = [
      compress(""),
      compress("a"),
      skippable,
      compress(randomBytes(200_000)),
      compress(Buffer.alloc(300_000)),
      skippable,
      compress("z"),
    ];
    const plain = await decode(Buffer.concat(frames));
    expect(plain.length).toBe(1 + 200_000 + 300_000 + 1);
    expect(plain.at(-1)).toBe("z".charCodeAt(0));
  });

  it("without a checksum, as other programs write them", async () => {
    expect((await decode(Buffer.concat([zstdCompressSync("one"), zstdCompressSync("two")]))).toString()).toBe("onetwo");
  });
});

describe("refused", () => {
  const whole = Buffer.concat([compress(randomBytes(150_000)), compress("x".repeat(200_000))]);

  it.each([0, 1, 3, 4, 5, 100, 150_000, whole.length - 1])("cut after %d bytes", (length) =>
    expect(decode(whole.subarray(0, length))).rejects.toThrow(/cut/),
  );

  it.each(["garbage!", "x", "\0\0\0\0"])("foreign bytes after the last frame: %j", (tail) =>
    expect(decode(Buffer.concat([whole, Buffer.from(tail)]))).rejects.toThrow(/foreign bytes|cut/),
  );

  it("something that is not zstd", () => expect(decode(Buffer.from("PGDMP and more"))).rejects.toThrow("this is not zstd"));

  it("any flipped bit in a frame with a checksum", () =>
    fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        const damaged = Buffer.from(whole);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        // A few bits of a header mean nothing to a reader (the window's size, a reserved bit): then the content must still be right.
        const plain = await decode(damaged).catch((error: Error) => error);
        if (!(plain instanceof Error)) expect(plain.equals(await decode(whole))).toBe(true);
      }),
      { numRuns: 300, examples: Array.from({ length: 12 * 8 }, (_, bit): [number] => [bit]) },
    ));
});
