import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { PartPlan } from "./partPlan.js";
import type { S3Bucket } from "./S3Bucket.js";
import type { PutOptions } from "./Store.js";
import { s3Problem } from "./s3Problem.js";
import { tagging } from "./tagging.js";

const ABORT_MILLISECONDS = 20_000;

/**
 * A multipart upload under way.
 *
 * Not @aws-sdk/lib-storage: when a part fails there, its other workers go on to the end of the stream, hours later perhaps; when it is
 * aborted, it rejects before the server was told; its parts cannot grow, and it cannot tell a lost answer from a refusal.
 */
export class MultipartUpload {
  readonly #bucket: S3Bucket;
  readonly #key: string;
  readonly #plan: PartPlan;
  readonly #tags: PutOptions["tags"];
  readonly #mark: Record<string, string>;
  readonly #onFailure: (error: Error) => void;
  readonly #stop = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #spare: Buffer[] = [];
  readonly #parts: CompletedPart[] = [];
  #uploadId: string | undefined;
  #sentParts = 0;
  #sentBytes = 0;
  #failure: Error | undefined;

  /** `onFailure` hears at once of a part that failed, though nobody may be waiting for it. */
  constructor(bucket: S3Bucket, key: string, plan: PartPlan, tags: PutOptions["tags"], onFailure: (error: Error) => void) {
    this.#bucket = bucket;
    this.#key = key;
    this.#plan = plan;
    this.#tags = tags;
    this.#mark = bucket.newMark();
    this.#onFailure = onFailure;
  }

  /** Whether the server knows of it, which it does from the first part on. */
  get hasBegun(): boolean {
    return this.#uploadId !== undefined;
  }

  /** A buffer to fill for the next part. */
  nextBuffer(): Buffer {
    const part = this.#sentParts + 1;
    if (part > this.#plan.maximumParts) throw this.#outgrown();
    const bytes = this.#plan.bytesOf(part);
    const spare = this.#spare.pop();
    return spare?.length === bytes ? spare : Buffer.allocUnsafeSlow(bytes);
  }

  /** Sends the first `used` bytes of a buffer as the next part, once there is room for one more in flight. The buffer is not the caller's any more. */
  async send(buffer: Buffer, used: number): Promise<void> {
    this.#uploadId ??= await this.#begin();
    this.#sentParts += 1;
    this.#sentBytes += used;
    const part = this.#sentParts;
    while (this.#inFlight.size >= this.#plan.inFlight(part)) await Promise.race(this.#inFlight);
    if (this.#failure) throw this.#failure;
    const sending = this.#sendPart(part, buffer.subarray(0, used)).then(
      () => {
        this.#inFlight.delete(sending);
        this.#spare.push(buffer);
      },
      (error: Error) => {
        this.#inFlight.delete(sending);
        this.#fail(error);
      },
    );
    this.#inFlight.add(sending);
  }

  /** Waits for all parts, then makes the object appear. Create-only. */
  async complete(): Promise<void> {
    await Promise.all(this.#inFlight);
    if (this.#failure) throw this.#failure;
    const parts = this.#parts.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
    const command = new CompleteMultipartUploadCommand({
      ...this.#bucket.object(this.#key),
      UploadId: this.#uploadId,
      MultipartUpload: { Parts: parts },
      IfNoneMatch: "*",
    });
    await this.#bucket.appear(this.#key, this.#mark, this.#sentBytes, () => this.#bucket.client.send(command));
  }

  /** Stops what is in flight and removes the parts from the server: false when the server did not confirm it. */
  async abort(): Promise<boolean> {
    if (!this.hasBegun) return true;
    this.#stop.abort();
    await Promise.all(this.#inFlight);
    try {
      await this.#bucket.client.send(new AbortMultipartUploadCommand({ ...this.#bucket.object(this.#key), UploadId: this.#uploadId }), {
        abortSignal: AbortSignal.timeout(ABORT_MILLISECONDS),
      });
      return true;
    } catch (error) {
      return (error as Error).name === "NoSuchUpload";
    }
  }

  async #begin(): Promise<string> {
    const { client, sendsMd5 } = this.#bucket;
    try {
      const created = await client.send(
        new CreateMultipartUploadCommand({
          ...this.#bucket.object(this.#key),
          Metadata: this.#mark,
          ...tagging(this.#tags),
          ...(sendsMd5 ? {} : { ChecksumAlgorithm: "CRC32" }),
        }),
      );
      return created.UploadId ?? "";
    } catch (error) {
      throw s3Problem(error, this.#bucket.url(this.#key));
    }
  }

  async #sendPart(part: number, bytes: Buffer): Promise<void> {
    const sent = await this.#bucket.client.send(
      new UploadPartCommand({
        ...this.#bucket.object(this.#key),
        UploadId: this.#uploadId,
        PartNumber: part,
        Body: bytes,
        ...(this.#bucket.sendsMd5 ? { ContentMD5: createHash("md5").update(bytes).digest("base64") } : { ChecksumAlgorithm: "CRC32" }),
      }),
      { abortSignal: this.#stop.signal },
    );
    this.#parts.push({
      PartNumber: part,
      ...(sent.ETag === undefined ? {} : { ETag: sent.ETag }),
      ...(sent.ChecksumCRC32 === undefined ? {} : { ChecksumCRC32: sent.ChecksumCRC32 }),
    });
  }

  #fail(error: Error): void {
    if (this.#failure || this.#stop.signal.aborted) return;
    this.#failure = s3Problem(error, `${this.#bucket.url(this.#key)} (part ${this.#sentParts})`);
    this.#onFailure(this.#failure);
  }

  #outgrown(): ProblemError {
    return new ProblemError(ExitCode.InputOutput, {
      where: this.#bucket.url(this.#key),
      reason: `the object is larger than the ${this.#plan.capacity} bytes that ${this.#plan.maximumParts} parts can hold; their sizes were chosen from the size of the database, and the dump outgrew that`,
      next: "please report it as a defect of pgkeep, with the sizes of the database and of its dump",
    });
  }
}
