import type { ArchiveCursor } from "./ArchiveCursor.js";
import { permuteRow } from "./permuteRow.js";

/** Collects a row, which may come in parts, and hashes it with its fields in another order. */
export class PermutedRows {
  private row = Buffer.alloc(8192);
  private length = 0;

  constructor(
    private readonly cursor: ArchiveCursor,
    private readonly order: number[],
  ) {}

  begin(): void {
    this.length = 0;
  }

  /** Adds bytes of the window. The room for them doubles, so that a row is copied a few times at most however small its parts. */
  add(from: number, end: number): void {
    const needed = this.length + end - from;
    if (needed > this.row.length) {
      const larger = Buffer.allocUnsafe(2 * needed);
      this.row.copy(larger, 0, 0, this.length);
      this.row = larger;
    }
    this.cursor.memory.copy(this.row, this.length, from, end);
    this.length = needed;
  }

  /** Hashes the row; the window then has its hashes to be finished. */
  end(): void {
    const permuted = permuteRow(this.row.subarray(0, this.length), this.order);
    if (permuted === undefined) {
      throw this.cursor.error("a row has not as many fields as its table has columns", { allowed: String(this.order.length) });
    }
    this.cursor.window.begin();
    this.cursor.window.updateWith(permuted);
  }
}
