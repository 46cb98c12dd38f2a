import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeStages } from "./decodeStages.js";
import { inChunks, throughStages } from "./throughStages.fixture.js";
import { ZstdCompression } from "./ZstdCompression.js";

const MIB = 1024 * 1024;

describe("zstd in independent frames", () => {
  it.each([0, 1, MIB - 1, MIB, MIB + 1, 5 * MIB + 17])("gives back %d bytes", async (size) => {
    const plain = randomBytes(size);
    const compressed = await throughStages([new ZstdCompression(3)], inChunks(plain, 65_536));
    expect((await throughStages(decodeStages(["zstd"]), inChunks(compressed, 100_000))).equals(plain)).toBe(true);
  });

  it("gives back any input in any chunks", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(700_000), { maxLength: 12 }), fc.integer({ min: 100, max: 70_000 }), async (sizes, cut) => {
        const chunks = sizes.map((size) => randomBytes(size));
        const compressed = await throughStages([new ZstdCompression(1)], Readable.from(chunks, { objectMode: false }));
        expect((await throughStages(decodeStages(["zstd"]), inChunks(compressed, cut))).equals(Buffer.concat(chunks))).toBe(true);
      }),
      { numRuns: 25 },
    ));

  it("compresses text", async () => {
    const text = Buffer.from("one row much like the next\t42\t2026-11-21\n".repeat(100_000));
    expect((await throughStages([new ZstdCompression(3)], inChunks(text, 65_536))).length).toBeLessThan(text.length / 100);
  });

  it("holds the producer back while nobody reads", async () => {
    let produced = 0;
    const endless = new Readable({
      read() {
        produced += MIB;
        this.push(randomBytes(MIB));
      },
    });
    const compression = new ZstdCompression(1);
    endless.pipe(compression);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(produced).toBeLessThan(10 * MIB);
    endless.destroy();
    compression.destroy();
  });

  it("fails with its producer", async () => {
    const dying = Readable.from(
      (async function* () {
        yield randomBytes(3 * MIB);
        await Promise.resolve();
        throw new Error("the producer died");
      })(),
      { objectMode: false },
    );
    await expect(throughStages([new ZstdCompression(3)], dying)).rejects.toThrow("the producer died");
  });

  it("is not confused by a reader that goes away", async () => {
    const compression = new ZstdCompression(3);
    const reading = buffer(compression);
    compression.write(randomBytes(2 * MIB));
    compression.destroy();
    await expect(reading).rejects.toThrow();
  });
});
