import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

/** A stream of the same bytes in chunks of one size. */
export function inChunks(bytes: Buffer, size: number): Readable {
  return Readable.from(
    (function* () {
      for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
    })(),
    { objectMode: false },
  );
}

/** What comes out of transformations one after another. */
export async function throughStages(stages: NodeJS.ReadWriteStream[], input: Readable): Promise<Buffer> {
  const end = new PassThrough();
  const [output] = await Promise.all([buffer(end), pipeline([input, ...stages, end])]);
  return output;
}
