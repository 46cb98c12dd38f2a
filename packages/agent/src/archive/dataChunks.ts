import type { ArchiveCursor, Reading } from "./ArchiveCursor.js";

/** blkLen in pg_backup_custom.c is read as a C int. */
const LONGEST_CHUNK = 2 ** 31 - 1;

/**
 * The length of the next chunk of data, 0 at the end of the data (_CustomWriteFunc and _EndData in pg_backup_custom.c). Without compression
 * pg_dump 14 to 18 makes one chunk of each row and of each 16 KiB of a large object, which readers here do not rely on.
 */
export function chunkLength(cursor: ArchiveCursor): Reading<number> {
  return cursor.integerOf("the length of a chunk of data", 0, LONGEST_CHUNK);
}

/** Passes over data to its end; for data that is compressed. */
export function* skipChunks(cursor: ArchiveCursor): Reading<void> {
  for (;;) {
    let left = yield* chunkLength(cursor);
    if (left === 0) return;
    while (left > 0) {
      if (cursor.available === 0) yield;
      const part = Math.min(left, cursor.available);
      cursor.position += part;
      left -= part;
    }
  }
}
