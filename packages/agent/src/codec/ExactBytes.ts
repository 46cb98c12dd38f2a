import { createHash } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";

export interface ExpectedBytes {
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

/**
 * Passes bytes through and fails unless they are exactly the expected ones. The last chunk is held back until that is known, so that no
 * reader ever gets to the end of something wrong.
 */
export class ExactBytes extends Transform {
  readonly #expected: ExpectedBytes;
  readonly #failure: (difference: string) => Error;
  readonly #hash = createHash("sha256");
  #bytes = 0;
  #held: Buffer | undefined;

  /** `failure` makes the error from what differed, for example `holds 12 bytes, 34 were recorded`. */
  constructor(expected: ExpectedBytes, failure: (difference: string) => Error) {
    super();
    this.#expected = expected;
    this.#failure = failure;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#expected.bytes) {
      callback(this.#failure(`holds more than the ${this.#expected.bytes} bytes that were recorded`));
      return;
    }
    this.#hash.update(chunk);
    if (this.#held) this.push(this.#held);
    this.#held = chunk;
    callback();
  }

  override _flush(callback: TransformCallback): void {
    const sha256 = this.#hash.digest("hex");
    if (this.#bytes !== this.#expected.bytes) {
      callback(this.#failure(`ends after ${this.#bytes} bytes, ${this.#expected.bytes} were recorded`));
    } else if (sha256 !== this.#expected.sha256) {
      callback(this.#failure(`has the recorded size but other bytes: sha256 ${sha256}, recorded ${this.#expected.sha256}`));
    } else {
      callback(null, this.#held);
    }
  }
}
