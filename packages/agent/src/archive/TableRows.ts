import type { Digest } from "@pgkeep/core";
import type { ArchiveCursor, Reading } from "./ArchiveCursor.js";
import { INTEGER_BYTES } from "./ArchiveCursor.js";
import { chunkLength } from "./dataChunks.js";
import { HashSums } from "./HashSums.js";
import { PermutedRows } from "./PermutedRows.js";

const BACKSLASH = 92;
const DOT = 46;

/**
 * Reads the rows of one table, as COPY text, and digests them: how many, how many bytes with their newlines, and the sums of the hashes of
 * each row without its newline. The rows end with a line `\.` and empty lines, all written by pg_dump itself (dumpTableData_copy in
 * pg_dump.c); a value `\.` is written as `\\.`, so that line is never a row. A row of a table without columns is an empty line.
 */
export class TableRows {
  private rows = 0;
  private bytes = 0;
  private readonly sums = new HashSums();
  /** The line `\.` was seen. */
  private closed = false;
  /** Bytes of a row that began in an earlier part of the stream, and its first two, for it may be the line `\.`. */
  private begun = 0;
  private readonly beginning = Buffer.alloc(2);
  private readonly permuted: PermutedRows | undefined;

  constructor(
    private readonly cursor: ArchiveCursor,
    /** For each field of the row to hash, which of the dumped fields it is. Such rows are held in memory, others never whole. */
    order?: number[],
  ) {
    this.permuted = order && new PermutedRows(cursor, order);
  }

  *read(): Reading<Digest> {
    const { cursor } = this;
    for (;;) {
      if (this.begun === 0 && !this.closed && this.permuted === undefined) this.wholeRows();
      let left = yield* chunkLength(cursor);
      if (left === 0) break;
      while (left > 0) {
        if (cursor.available === 0) yield;
        const part = Math.min(left, cursor.available);
        this.part(cursor.position, cursor.position + part);
        cursor.position += part;
        left -= part;
      }
    }
    if (this.begun > 0 || !this.closed) throw cursor.error("the rows of a table do not end with \\. as they should");
    return { rows: this.rows, bytes: this.bytes, hash: this.sums.toHex() };
  }

  /** The common case at full speed: as long as a chunk is one row and wholly in the window, hash it where it lies. */
  private wholeRows(): void {
    const { cursor } = this;
    const { memory, limit } = cursor;
    const { xxh64 } = cursor.window;
    let { first, second } = this.sums;
    let { position } = cursor;
    while (position + INTEGER_BYTES < limit) {
      const length = memory.readInt32LE(position + 1);
      const from = position + INTEGER_BYTES;
      const end = from + length;
      if (memory[position] !== 0 || length <= 0 || end > limit) break;
      if (cursor.newlineFrom(from) !== end - 1) break;
      if (length === 3 && memory[from] === BACKSLASH && memory[from + 1] === DOT) break;
      // Local big integers stay 64-bit registers in optimised code; as properties each would be allocated.
      first = BigInt.asUintN(64, first + xxh64(from, length - 1, 0n));
      second = BigInt.asUintN(64, second + xxh64(from, length - 1, 1n));
      this.rows += 1;
      this.bytes += length;
      position = end;
    }
    cursor.position = position;
    this.sums.first = first;
    this.sums.second = second;
  }

  /** Bytes of data, with any number of rows or parts of rows. */
  private part(from: number, to: number): void {
    let start = from;
    while (start < to) {
      const newline = this.cursor.newlineFrom(start);
      const end = Math.min(newline, to);
      this.addToRow(start, end);
      if (newline < to) this.endRow();
      start = end + 1;
    }
  }

  private addToRow(from: number, end: number): void {
    const { cursor } = this;
    if (this.closed && end > from) throw cursor.error("something follows the line \\. that ends the rows of a table");
    if (this.begun === 0) this.begin();
    if (this.begun < 2) cursor.memory.copy(this.beginning, this.begun, from, end);
    this.begun += end - from;
    if (this.permuted !== undefined) this.permuted.add(from, end);
    else cursor.window.update(from, end - from);
  }

  private begin(): void {
    if (this.permuted !== undefined) this.permuted.begin();
    else this.cursor.window.begin();
  }

  private endRow(): void {
    const length = this.begun;
    this.begun = 0;
    if (this.closed) return;
    if (length === 2 && this.beginning[0] === BACKSLASH && this.beginning[1] === DOT) {
      this.closed = true;
      return;
    }
    if (this.permuted !== undefined) this.permuted.end();
    this.sums.add(this.cursor.window.finish());
    this.rows += 1;
    this.bytes += length + 1;
  }
}
