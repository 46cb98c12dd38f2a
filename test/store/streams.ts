import { createHash, randomFillSync } from "node:crypto";
import { Readable } from "node:stream";

export const MIB = 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

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

/**
 * Random bytes, nothing that compresses, out of a few buffers that are given again and again: what grows while they are read is the
 * reader's memory, not theirs.
 */
export function randomStream(bytes: number): Readable {
  const buffers = Array.from({ length: 16 }, () => randomFillSync(Buffer.allocUnsafeSlow(CHUNK_BYTES)));
  let given = 0;
  return new Readable({
    read() {
      const chunk = buffers[(given / CHUNK_BYTES) % buffers.length]?.subarray(0, bytes - given);
      given += chunk?.length ?? 0;
      this.push(chunk?.length ? chunk : null);
    },
  });
}

export interface Fingerprint {
  bytes: number;
  sha256: string;
}

export async function fingerprintOf(stream: Readable | AsyncIterable<Buffer>): Promise<Fingerprint> {
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
