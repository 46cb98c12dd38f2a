import { Transform } from "node:stream";
import type { ArchiveReader } from "./ArchiveReader.js";

/** pg_dump writes what a pipe holds, 64 KiB at most; every stage behind pays for each chunk. */
const COALESCED_BYTES = 1024 * 1024;

/**
 * Passes an archive through untouched, in chunks of 1 MiB, while `reader` reads it. Fails with the reader's ArchiveError when the archive is
 * wrong or ends early; when it ended well, `reader.end()` has the summary.
 */
export function archiveTap(reader: ArchiveReader): Transform {
  let waiting: Buffer[] = [];
  let bytes = 0;
  const take = (): Buffer => {
    const taken = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : Buffer.concat(waiting, bytes);
    waiting = [];
    bytes = 0;
    reader.write(taken);
    return taken;
  };
  return new Transform({
    readableHighWaterMark: COALESCED_BYTES,
    writableHighWaterMark: COALESCED_BYTES,
    transform(chunk: Buffer, _encoding, done) {
      waiting.push(chunk);
      bytes += chunk.length;
      if (bytes < COALESCED_BYTES) return done();
      passOn(done, take);
    },
    flush(done) {
      passOn(done, () => {
        const last = bytes === 0 ? undefined : take();
        reader.end();
        return last;
      });
    },
  });
}

function passOn(done: (error?: Error | null, chunk?: Buffer) => void, chunk: () => Buffer | undefined): void {
  let passed: Buffer | undefined;
  try {
    passed = chunk();
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, passed);
}
