import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { ByteSource } from "./StoredBytes.js";

/** Connections lost in a row without a single byte between them. */
const LOST_CONNECTIONS = 6;

/** An object that is being read, as its store tells of it. */
export interface OpenedObject {
  /** For messages. */
  where: string;
  bytes: number;
  /** Its bytes from the beginning. */
  body: Readable;
  /** Opens it again behind the bytes that came; undefined when it was replaced or removed meanwhile. */
  reopen(offset: number, signal: AbortSignal): Promise<Readable | undefined>;
  /** What went wrong, in words for the user. */
  explain(error: unknown): Error;
  /** Hears of every byte that came. */
  onBytes?(chunk: Buffer): void;
  /** What is wrong with the bytes now that all have come; undefined when nothing is known to be. */
  difference?(): string | undefined;
}

/** The bytes of an object, over as many connections as it takes: one that is lost on the way is taken up again where it ended. */
export class ResumedBytes implements ByteSource {
  readonly #object: OpenedObject;
  readonly #released = new AbortController();
  #body: Readable;
  #chunks: AsyncIterator<Buffer>;
  #offset = 0;

  constructor(object: OpenedObject) {
    this.#object = object;
    this.#body = object.body;
    this.#chunks = iteratorOf(object.body);
  }

  async pull(): Promise<Buffer | null> {
    const { bytes, explain, where } = this.#object;
    for (let lost = 1; ; lost += 1) {
      try {
        const next = await this.#chunks.next();
        if (!next.done) {
          this.#offset += next.value.length;
          this.#object.onBytes?.(next.value);
          return next.value;
        }
        if (this.#offset < bytes) throw Object.assign(new Error(`the answer ended after ${this.#offset} bytes`), { code: "ECONNRESET" });
      } catch (error) {
        if (lost === LOST_CONNECTIONS) throw explain(error);
        await sleep(50 * 2 ** lost, undefined, { signal: this.#released.signal });
        await this.#resume();
        continue;
      }
      const difference = this.#offset > bytes ? `${this.#offset} bytes came of an object of ${bytes}` : this.#object.difference?.();
      if (difference !== undefined) throw changed(where, difference);
      return null;
    }
  }

  release(): Promise<void> {
    this.#released.abort();
    this.#body.destroy();
    return Promise.resolve();
  }

  async #resume(): Promise<void> {
    const { where, explain } = this.#object;
    let body: Readable | undefined;
    try {
      body = await this.#object.reopen(this.#offset, this.#released.signal);
    } catch (error) {
      throw explain(error);
    }
    // Nothing in a store is overwritten; should it happen all the same, two halves must not become one.
    if (!body) throw changed(where, "it was replaced or removed");
    this.#body = body;
    this.#chunks = iteratorOf(body);
  }
}

function iteratorOf(body: Readable): AsyncIterator<Buffer> {
  // An error between two reads is told by the iterator.
  body.on("error", () => {});
  return body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
}

function changed(where: string, difference: string): ProblemError {
  return new ProblemError(ExitCode.DataWrong, {
    where,
    reason: `the object is not what the store once took, or changed while it was read: ${difference}`,
    next: "use another recovery point, or an earlier version of this object where the store keeps versions",
  });
}
