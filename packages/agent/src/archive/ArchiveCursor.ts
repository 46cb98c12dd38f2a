import { isUtf8 } from "node:buffer";
import { ArchiveError } from "./ArchiveError.js";
import { HashWindow } from "./HashWindow.js";

/** Code that reads an archive: it yields when it needs more bytes than there are, and is resumed when some arrived. */
export type Reading<T> = Generator<undefined, T, undefined>;

/** The longest string that a table of contents may hold. Whole function bodies and view definitions are single strings. */
export const LONGEST_TEXT = 64 * 1024 * 1024;

const NEWLINE = 10;

/** Bytes of an integer: one for the sign, four for the magnitude, least significant first (WriteInt in pg_backup_archiver.c). */
export const INTEGER_BYTES = 5;

/** Reads the archive's own primitives off a stream of bytes of which only a window is in memory. */
export class ArchiveCursor {
  readonly window = new HashWindow();
  readonly memory = this.window.memory;
  /** Next byte to read and end of the bytes there are, both in `memory`. */
  position = HashWindow.start;
  limit = HashWindow.start;
  /** What is being read, for the error when the archive ends here. */
  reading = "its header";
  /** The first newline at or after a position that was asked for, or `limit`. */
  private newline = 0;
  /** Offset in the archive of byte 0 of `memory`. */
  private base = -HashWindow.start;

  /** Offset in the archive of the next byte to read. */
  get offset(): number {
    return this.base + this.position;
  }

  get available(): number {
    return this.limit - this.position;
  }

  /** Takes bytes in after those not read yet; says how many it had room for. The readers leave only a few bytes unread. */
  fill(chunk: Uint8Array, from: number): number {
    const left = this.limit - this.position;
    this.memory.copyWithin(HashWindow.start, this.position, this.limit);
    this.base += this.position - HashWindow.start;
    this.position = HashWindow.start;
    const taken = Math.min(chunk.length - from, HashWindow.capacity - left);
    this.memory.set(chunk.subarray(from, from + taken), this.position + left);
    this.limit = this.position + left + taken;
    // A newline of our own behind the last byte, so that no search runs on over old bytes.
    this.memory[this.limit] = NEWLINE;
    this.newline = 0;
    return taken;
  }

  /** The first newline at or after a position, `limit` when there is none yet. Searches no byte twice, however often it is asked. */
  newlineFrom(position: number): number {
    if (this.newline < position) this.newline = this.memory.indexOf(NEWLINE, position);
    return this.newline;
  }

  /** Waits until there are so many bytes: a few only, for the window must hold them. */
  *need(bytes: number): Reading<void> {
    while (this.available < bytes) yield;
  }

  *byte(): Reading<number> {
    if (this.available < 1) yield* this.need(1);
    const value = this.memory[this.position] as number;
    this.position += 1;
    return value;
  }

  /** A byte that stands for one of the given values. */
  *byteOf<T>(name: string, values: Readonly<Record<number, T>>): Reading<T> {
    const at = this.offset;
    const byte = yield* this.byte();
    const value = values[byte];
    if (value !== undefined) return value;
    throw new ArchiveError(at, `${name} is not known`, { received: String(byte), allowed: Object.values(values).join(", ") });
  }

  /** An integer within bounds. */
  *integerOf(name: string, lowest: number, highest: number): Reading<number> {
    if (this.available < INTEGER_BYTES) yield* this.need(INTEGER_BYTES);
    return this.takeInteger(name, "is out of range", lowest, highest);
  }

  /** A string, or undefined for NULL: length -1 (WriteStr in pg_backup_archiver.c). */
  *optionalText(name: string): Reading<string | undefined> {
    if (this.available < INTEGER_BYTES) yield* this.need(INTEGER_BYTES);
    const length = this.takeInteger(name, "has a length out of range", -1, LONGEST_TEXT);
    if (length === -1) return undefined;
    if (this.available < length) return yield* this.longText(length);
    const text = decode(this.memory.subarray(this.position, this.position + length));
    this.position += length;
    return text;
  }

  *text(name: string): Reading<string> {
    return (yield* this.optionalText(name)) ?? "";
  }

  /** A string that is not wholly in the window. Memory grows with the bytes that really arrive. */
  private *longText(length: number): Reading<string> {
    let bytes = Buffer.allocUnsafe(Math.min(length, HashWindow.capacity));
    let filled = 0;
    while (filled < length) {
      if (this.available === 0) yield;
      const part = Math.min(this.available, length - filled);
      if (filled + part > bytes.length) {
        const larger = Buffer.allocUnsafe(Math.min(length, 2 * (filled + part)));
        bytes.copy(larger, 0, 0, filled);
        bytes = larger;
      }
      this.memory.copy(bytes, filled, this.position, this.position + part);
      filled += part;
      this.position += part;
    }
    return decode(bytes);
  }

  private takeInteger(name: string, complaint: string, lowest: number, highest: number): number {
    const sign = this.memory[this.position] as number;
    const magnitude = this.memory.readUInt32LE(this.position + 1);
    const value = sign === 0 ? magnitude : -magnitude;
    // pg_dump writes 0 and 1 only, and no negative zero.
    if (sign > 1 || (sign === 1 && magnitude === 0)) throw this.error(`${name} is a damaged integer`, { received: `sign byte ${sign}` });
    if (value < lowest || value > highest) {
      throw this.error(`${name} ${complaint}`, { received: String(value), allowed: `${lowest} to ${highest}` });
    }
    this.position += INTEGER_BYTES;
    return value;
  }

  error(reason: string, details?: { received?: string; allowed?: string; next?: string }): ArchiveError {
    return new ArchiveError(this.offset, reason, details);
  }
}

/** pgkeep's archives are UTF-8. Those of others may be in any encoding: byte by byte, then, so that different bytes stay different. */
function decode(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1");
}
