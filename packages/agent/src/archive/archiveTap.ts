import { Transform } from "node:stream";
import type { ArchiveReader } from "./ArchiveReader.js";

/** What the stages behind ask for at a time. */
const HIGH_WATER_MARK = 256 * 1024;

/**
 * Passes an archive through untouched, as it comes, while `reader` reads it. Fails with the reader's ArchiveError when the archive is wrong or
 * ends early; when it ended well, `reader.end()` has the summary. Chunks are not joined here: compression fills a frame of its own, and a
 * second copy of every byte is garbage that keeps tens of megabytes of memory.
 */
export function archiveTap(reader: ArchiveReader): Transform {
  return new Transform({
    readableHighWaterMark: HIGH_WATER_MARK,
    writableHighWaterMark: HIGH_WATER_MARK,
    transform(chunk: Buffer, _encoding, done) {
      try {
        reader.write(chunk);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        reader.end();
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
