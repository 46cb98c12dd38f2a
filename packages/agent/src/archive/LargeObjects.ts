import type { DatabaseRecord } from "@pgkeep/core";
import type { ArchiveCursor, Reading } from "./ArchiveCursor.js";
import { chunkLength, skipChunks } from "./dataChunks.js";
import { HashSums } from "./HashSums.js";

/**
 * Digests large objects: for each the hash of its oid in decimal, a newline and its contents. A block of them is a list of oid and data with
 * a zero at its end (_StartLO and _EndLOs in pg_backup_custom.c). Up to version 1.15 there is one block, since 1.16 one for each group of up
 * to a thousand objects of one owner and ACL.
 */
export class LargeObjects {
  private count = 0;
  private bytes = 0;
  private readonly sums = new HashSums();

  constructor(private readonly cursor: ArchiveCursor) {}

  *read(compressed: boolean): Reading<void> {
    for (;;) {
      // An oid is unsigned, but written as a C int: those above 2^31 are negative.
      const oid = (yield* this.cursor.integerOf("the oid of a large object", -(2 ** 31), 2 ** 31 - 1)) >>> 0;
      if (oid === 0) return;
      if (compressed) yield* skipChunks(this.cursor);
      else yield* this.contents(oid);
      this.count += 1;
    }
  }

  result(): DatabaseRecord["largeObjects"] {
    return { count: this.count, bytes: this.bytes, hash: this.sums.toHex() };
  }

  private *contents(oid: number): Reading<void> {
    const { cursor } = this;
    cursor.window.begin();
    cursor.window.updateWith(Buffer.from(`${oid}\n`));
    for (;;) {
      let left = yield* chunkLength(cursor);
      if (left === 0) break;
      this.bytes += left;
      while (left > 0) {
        if (cursor.available === 0) yield;
        const part = Math.min(left, cursor.available);
        cursor.window.update(cursor.position, part);
        cursor.position += part;
        left -= part;
      }
    }
    this.sums.add(cursor.window.finish());
  }
}
