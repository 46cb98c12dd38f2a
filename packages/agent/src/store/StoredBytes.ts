import { Readable } from "node:stream";

export interface ByteSource {
  /** The next bytes, null at the end. Not called again before it has answered. */
  pull(): Promise<Buffer | null>;
  /** Lets go of whatever is open, also when nothing was ever pulled. */
  release(): Promise<void>;
}

/** The bytes of an object as a stream that asks for them one at a time and lets go of the source however it ends. */
export class StoredBytes extends Readable {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super({ highWaterMark: 512 * 1024 });
    this.#source = source;
  }

  override _read(): void {
    this.#source.pull().then(
      (bytes) => this.push(bytes),
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // A failure to let go says nothing about the bytes that were read.
    this.#source.release().then(
      () => callback(error),
      () => callback(error),
    );
  }
}
