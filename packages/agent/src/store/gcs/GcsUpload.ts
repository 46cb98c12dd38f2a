import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { crc32c, crc32cText } from "../crc32c.js";
import type { GcsBucket, GcsObject } from "./GcsBucket.js";
import { type GcsAnswer, isPassing, pauseBefore } from "./GcsClient.js";
import { isGone } from "./GcsRefusal.js";
import { gcsProblem } from "./gcsProblem.js";

/** Chunks are whole multiples of 256 KiB but for the last one. While one is sent the next is filled: 32 MiB in memory. */
export const CHUNK_BYTES = 16 * 1024 * 1024;
const ABORT_MILLISECONDS = 20_000;

/**
 * A resumable upload under way: chunks of one session, one after another. The object appears when the last one arrived and was found to be what was
 * sent; a session that is not finished is invisible and forgotten after a week.
 */
export class GcsUpload {
  readonly #bucket: GcsBucket;
  readonly #key: string;
  readonly #mark: string;
  readonly #onFailure: (error: Error) => void;
  readonly #stop = new AbortController();
  #session: string | undefined;
  #sending: Promise<Buffer | undefined> | undefined;
  #sentBytes = 0;
  #checksum = 0;
  #failure: Error | undefined;

  /** `onFailure` hears at once of a chunk that failed, though nobody may be waiting for it. */
  constructor(bucket: GcsBucket, key: string, onFailure: (error: Error) => void) {
    this.#bucket = bucket;
    this.#key = key;
    this.#mark = bucket.newMark();
    this.#onFailure = onFailure;
  }

  /** Whether the server knows of it, which it does from the first chunk on. */
  get hasBegun(): boolean {
    return this.#session !== undefined;
  }

  /** Sends a full buffer as the next chunk once the one before has arrived. Returns a buffer to fill for the next. */
  async send(buffer: Buffer): Promise<Buffer> {
    this.#session ??= await this.#begin();
    const spare = await this.#sending;
    if (this.#failure) throw this.#failure;
    const offset = this.#sentBytes;
    this.#sentBytes += buffer.length;
    this.#checksum = crc32c(buffer, this.#checksum);
    this.#sending = this.#sendBytes(buffer, offset, undefined).then(
      () => buffer,
      (error: unknown) => this.#fail(error),
    );
    return spare ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  }

  /** Sends the last bytes and with them makes the object appear. Create-only: the session was begun so. */
  async complete(last: Buffer): Promise<void> {
    await this.#sending;
    if (this.#failure) throw this.#failure;
    const offset = this.#sentBytes;
    this.#sentBytes += last.length;
    this.#checksum = crc32c(last, this.#checksum);
    const send = async () => {
      const answer = await this.#sendBytes(last, offset, this.#sentBytes);
      this.#assertKept(JSON.parse(answer?.text ?? "{}") as GcsObject);
    };
    await this.#bucket.appear(this.#key, this.#mark, this.#sentBytes, send, (error) => this.#explain(error));
  }

  /** Stops what is in flight and cancels the session: false when the server did not confirm it. */
  async abort(): Promise<boolean> {
    const session = this.#session;
    if (session === undefined) return true;
    this.#stop.abort();
    await this.#sending;
    try {
      await this.#bucket.client.send({ method: "DELETE", path: session, signal: AbortSignal.timeout(ABORT_MILLISECONDS) });
      return true;
    } catch (error) {
      return isGone(error);
    }
  }

  async #begin(): Promise<string> {
    const { client } = this.#bucket;
    const path = this.#bucket.upload("resumable");
    const body = this.#bucket.description(this.#key, this.#mark);
    let session: string | undefined;
    await this.#bucket.appear(this.#key, this.#mark, 0, async () => {
      const answer = await client.send({ method: "POST", path, body, headers: { "content-type": "application/json; charset=UTF-8" } });
      session = answer.headers.location;
    });
    if (session !== undefined) return session;
    throw new Error(`${this.#bucket.url(this.#key)}: the server began an upload without saying where it goes on`);
  }

  /** Sends bytes from an offset on until the server has them all; `total` with the last ones. */
  async #sendBytes(bytes: Buffer, offset: number, total: number | undefined): Promise<GcsAnswer | undefined> {
    const end = offset + bytes.length;
    let kept = offset;
    for (let tried = 1; ; ) {
      try {
        const answer = await this.#put(bytes.subarray(kept - offset), kept, end, total);
        if (answer.status !== 308) return answer;
        const arrived = arrivedBytes(answer);
        if (total === undefined && arrived === end) return undefined;
        if (arrived > kept) tried = 1;
        kept = this.#within(arrived, offset, end);
      } catch (error) {
        if (!isPassing(error) || tried >= this.#bucket.client.tries) throw error;
        const known = await this.#look(tried, total);
        if (known && known.status !== 308) return known;
        if (known) kept = this.#within(arrivedBytes(known), offset, end);
        if (total === undefined && kept === end) return undefined;
      }
      tried += 1;
    }
  }

  async #put(bytes: Buffer, from: number, end: number, total: number | undefined): Promise<GcsAnswer> {
    const range = bytes.length === 0 ? "*" : `${from}-${end - 1}`;
    return await this.#bucket.client.once({
      method: "PUT",
      path: this.#session ?? "",
      body: bytes,
      signal: this.#stop.signal,
      headers: {
        "content-range": `bytes ${range}/${total ?? "*"}`,
        // With the last bytes: the server completes nothing but what was sent.
        ...(total === undefined ? {} : { "x-goog-hash": `crc32c=${crc32cText(this.#checksum)}` }),
      },
    });
  }

  /** Asks, after a pause, how far the upload came; undefined when that cannot be told either. */
  async #look(tried: number, total: number | undefined): Promise<GcsAnswer | undefined> {
    await sleep(pauseBefore(tried + 1), undefined, { signal: this.#stop.signal });
    try {
      return await this.#bucket.client.once({
        method: "PUT",
        path: this.#session ?? "",
        signal: this.#stop.signal,
        headers: { "content-range": `bytes */${total ?? "*"}` },
      });
    } catch (error) {
      if (isPassing(error)) return undefined;
      throw error;
    }
  }

  #within(arrived: number, offset: number, end: number): number {
    if (arrived >= offset && arrived <= end) return arrived;
    throw new ProblemError(ExitCode.InputOutput, {
      where: this.#bucket.url(this.#key),
      reason: "the server says that it has other bytes of the upload than were sent, so it cannot go on",
      received: `${arrived} bytes`,
      allowed: `${offset} to ${end} bytes`,
      next: "run it again; nothing appeared under this name",
    });
  }

  #assertKept({ crc32c: kept, size }: GcsObject): void {
    const sent = crc32cText(this.#checksum);
    if ((kept === undefined || kept === sent) && (size === undefined || Number(size) === this.#sentBytes)) return;
    throw new ProblemError(ExitCode.InputOutput, {
      where: this.#bucket.url(this.#key),
      reason: "what the bucket keeps is not what was sent; no recovery point refers to it",
      received: `${size} bytes, CRC32C ${kept}`,
      allowed: `${this.#sentBytes} bytes, CRC32C ${sent}`,
      next: "run it again; if it happens often, check the network",
    });
  }

  #fail(error: unknown): undefined {
    if (this.#failure || this.#stop.signal.aborted) return undefined;
    this.#failure = this.#explain(error);
    this.#onFailure(this.#failure);
    return undefined;
  }

  #explain(error: unknown): Error {
    const where = this.#bucket.url(this.#key);
    if (!isGone(error)) return gcsProblem(error, where);
    return new ProblemError(
      ExitCode.InputOutput,
      {
        where,
        received: (error as Error).message,
        reason: "the upload was removed on the server while it was under way",
        next: "run it again; nothing appeared under this name",
      },
      { cause: error },
    );
  }
}

/** How many bytes the server has, from its answer to a chunk. */
function arrivedBytes({ headers }: GcsAnswer): number {
  const last = /^bytes=0-(\d+)$/.exec(String(headers.range ?? ""))?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}
