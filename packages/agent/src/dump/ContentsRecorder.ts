/**
 * Keeps the beginning of an archive, up to and with its table of contents. `pg_restore --schema-only` needs no more than that, and does not
 * mind the few bytes of data that the last part may hold.
 */
export class ContentsRecorder {
  #parts: Buffer[] = [];
  /** Whether the table of contents was read. */
  complete = false;

  /** Call before the reader is given the same part: the part that completes the table of contents belongs to it. */
  write(part: Buffer): void {
    if (!this.complete) this.#parts.push(part);
  }

  /** The table of contents was read. */
  stop(): void {
    this.complete = true;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
