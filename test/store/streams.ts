import { createHash, randomFillSync } from "node:crypto";
import { Readable } from "node:stream";

export const MIB = 1024 * 1024;

/** As many bytes as said, the same for the same seed, nothing that compresses, in chunks as a pipe gives them. */
export function someBytes(bytes: number, seed = "seed", chunkBytes = 65_536): Readable {
  return Readable.from(chunksOf(bytes, seed, chunkBytes), { objectMode: false });
}

/** The same, and then the producer dies. */
export function dyingAfter(bytes: number, error = new Error("the producer died")): Readable {
  return Readable.from(
    (async function* () {
      yield* chunksOf(bytes, "dying", 65_536);
      await Promise.resolve();
      throw error;
    })(),
    { objectMode: false },
  );
}

/** As many bytes, then silence for ever. */
export function stallingAfter(bytes: number): Readable {
  const chunks = chunksOf(bytes, "stalling", 65_536);
  return new Readable({
    read() {
      const next = chunks.next();
      if (!next.done) this.push(next.value);
    },
  });
}

/** New random bytes in every chunk. */
export function randomStream(bytes: number): Readable {
  let left = bytes;
  return new Readable({
    highWaterMark: MIB,
    read() {
      const chunk = randomFillSync(Buffer.allocUnsafeSlow(Math.min(left, 256 * 1024)));
      left -= chunk.length;
      this.push(chunk.length > 0 ? chunk : null);
    },
  });
}

export interface Fingerprint {
  bytes: number;
  sha256: string;
}

export async function fingerprintOf(stream: AsyncIterable<Buffer>): Promise<Fingerprint> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

function* chunksOf(bytes: number, seed: string, chunkBytes: number): Generator<Buffer> {
  let block = Buffer.alloc(0);
  for (let offset = 0; offset < bytes; offset += chunkBytes) {
    block = Buffer.concat(Array.from({ length: 4 }, (_, n) => createHash("sha512").update(`${seed} ${offset} ${n}`).digest()));
    const chunk = Buffer.alloc(Math.min(chunkBytes, bytes - offset), block);
    yield chunk;
  }
}
