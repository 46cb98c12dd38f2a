import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { S3Bucket } from "./S3Bucket.js";
import { type ByteSource, StoredBytes } from "./StoredBytes.js";
import { s3Problem, statusOf } from "./s3Problem.js";

/** Connections lost in a row without a single byte between them. */
const LOST_CONNECTIONS = 6;

/** Opens an object; undefined when there is none. A connection that is lost on the way is taken up again where it ended. */
export async function downloadObject(bucket: S3Bucket, key: string): Promise<StoredBytes | undefined> {
  try {
    return new StoredBytes(new Download(bucket, key, await bucket.client.send(new GetObjectCommand(bucket.object(key)))));
  } catch (error) {
    if ((error as Error).name === "NoSuchKey") return undefined;
    throw s3Problem(error, bucket.url(key));
  }
}

class Download implements ByteSource {
  readonly #bucket: S3Bucket;
  readonly #key: string;
  readonly #first: GetObjectCommandOutput;
  readonly #released = new AbortController();
  #body: Readable;
  #chunks: AsyncIterator<Buffer>;
  #offset = 0;

  constructor(bucket: S3Bucket, key: string, first: GetObjectCommandOutput) {
    this.#bucket = bucket;
    this.#key = key;
    this.#first = first;
    this.#body = first.Body as Readable;
    this.#chunks = this.#body[Symbol.asyncIterator]();
  }

  async pull(): Promise<Buffer | null> {
    for (let lost = 1; ; lost += 1) {
      try {
        const next = await this.#chunks.next();
        if (!next.done) {
          this.#offset += next.value.length;
          return next.value;
        }
        if (this.#offset === this.#first.ContentLength) return null;
        throw Object.assign(new Error(`the answer ended after ${this.#offset} bytes`), { code: "ECONNRESET" });
      } catch (error) {
        // The last byte was there, so this is no lost connection: the SDK found another checksum than the server's.
        if (this.#offset === this.#first.ContentLength) throw this.#changed((error as Error).message);
        if (lost === LOST_CONNECTIONS) throw s3Problem(error, this.#bucket.url(this.#key));
        await sleep(50 * 2 ** lost, undefined, { signal: this.#released.signal });
        await this.#resume();
      }
    }
  }

  release(): Promise<void> {
    this.#released.abort();
    this.#body.destroy();
    return Promise.resolve();
  }

  async #resume(): Promise<void> {
    try {
      const rest = await this.#bucket.client.send(
        new GetObjectCommand({
          ...this.#bucket.object(this.#key),
          Range: `bytes=${this.#offset}-`,
          // Nothing in a store is overwritten; should it happen all the same, two halves must not become one.
          ...(this.#first.ETag === undefined ? {} : { IfMatch: this.#first.ETag }),
        }),
        { abortSignal: this.#released.signal },
      );
      this.#body = rest.Body as Readable;
      this.#chunks = this.#body[Symbol.asyncIterator]();
    } catch (error) {
      const isGone = statusOf(error) === 412 || statusOf(error) === 416 || (error as Error).name === "NoSuchKey";
      throw isGone ? this.#changed("it was replaced or removed") : s3Problem(error, this.#bucket.url(this.#key));
    }
  }

  #changed(difference: string): ProblemError {
    return new ProblemError(ExitCode.DataWrong, {
      where: this.#bucket.url(this.#key),
      reason: `the object is not what the store once took, or changed while it was read: ${difference}`,
      next: "use another recovery point, or an earlier version of this object where the bucket keeps versions",
    });
  }
}
