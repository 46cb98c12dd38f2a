import { createHash } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";

/** Counts and hashes the bytes that pass through. Read both once the stream has ended. */
export class Measure extends Transform {
  readonly #hash = createHash("sha256");
  #sha256: string | undefined;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Lower-case hex. */
  get sha256(): string {
    if (this.#sha256 === undefined) throw new Error("the hash of a stream is known once the stream has ended");
    return this.#sha256;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    callback(null, chunk);
  }

  override _flush(callback: TransformCallback): void {
    this.#sha256 = this.#hash.digest("hex");
    callback();
  }
}
