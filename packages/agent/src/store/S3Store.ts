import type { Readable } from "node:stream";
import { HeadObjectCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { downloadObject } from "./downloadObject.js";
import { assertKeyPrefix, assertObjectKey, isObjectKey } from "./objectKey.js";
import { readText } from "./readText.js";
import { abortUploads, removeFromBucket } from "./removeFromBucket.js";
import type { S3Bucket } from "./S3Bucket.js";
import { hiddenObjects, unhideObject } from "./S3Versions.js";
import type { HiddenObject, ListedObject, PutOptions, Removal, Store } from "./Store.js";
import { s3Problem, statusOf } from "./s3Problem.js";
import { putBytes, uploadObject } from "./uploadObject.js";

/** A store in an S3 bucket, of AWS or of any server that honours `If-None-Match: *`. */
export class S3Store implements Store {
  readonly description: string;
  readonly #bucket: S3Bucket;
  #serverDate: Date | undefined;

  constructor(bucket: S3Bucket) {
    this.#bucket = bucket;
    this.description = bucket.url("").replace(/\/$/, "");
    bucket.client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = result.response as { headers?: Record<string, string> };
        if (headers?.date !== undefined) this.#serverDate = new Date(headers.date);
        return result;
      },
      // Beneath the SDK's own reading of the answer, which ends refusals by an error.
      { step: "deserialize", priority: "low", name: "pgkeepServerDate" },
    );
  }

  async put(key: string, body: Readable, options: PutOptions = {}): Promise<void> {
    await uploadObject(this.#bucket, key, body, options);
  }

  async putDocument(key: string, text: string, { tags }: Pick<PutOptions, "tags"> = {}): Promise<void> {
    assertObjectKey(key);
    await putBytes(this.#bucket, key, Buffer.from(text), tags);
  }

  async read(key: string): Promise<Readable | undefined> {
    assertObjectKey(key);
    return await downloadObject(this.#bucket, key);
  }

  async readDocument(key: string, maxBytes?: number): Promise<string | undefined> {
    const body = await this.read(key);
    return body && (await readText(this.#bucket.url(key), body, maxBytes));
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    assertKeyPrefix(prefix);
    let page: ListObjectsV2CommandOutput | undefined;
    do {
      page = await this.#page(prefix, page?.NextContinuationToken);
      for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
        const key = Key.slice(this.#bucket.prefix.length);
        if (isObjectKey(key)) yield { key, bytes: Size, modifiedAt: LastModified ?? new Date(0) };
      }
    } while (page.IsTruncated === true && page.NextContinuationToken !== undefined);
  }

  async remove(key: string): Promise<Removal> {
    assertObjectKey(key);
    return await removeFromBucket(this.#bucket, key);
  }

  listHidden(prefix: string): AsyncGenerator<HiddenObject> {
    assertKeyPrefix(prefix);
    return hiddenObjects(this.#bucket, prefix);
  }

  async unhide(hidden: HiddenObject): Promise<void> {
    assertObjectKey(hidden.key);
    await unhideObject(this.#bucket, hidden);
  }

  async removeUnfinished(prefix: string, before: Date): Promise<number> {
    assertKeyPrefix(prefix);
    return await abortUploads(this.#bucket, prefix, before);
  }

  /** The Date header of an answer; asking for an object that is not there is enough, and being refused too. */
  async clock(prefix: string): Promise<Date> {
    assertKeyPrefix(prefix);
    this.#serverDate = undefined;
    try {
      await this.#bucket.client.send(new HeadObjectCommand(this.#bucket.object(`${prefix}clock`)));
    } catch (error) {
      if (statusOf(error) === undefined || statusOf(error) === 301) throw s3Problem(error, this.description);
    }
    if (!this.#serverDate)
      throw new Error(`${this.description} answered without a Date header, which HTTP demands of a server with a clock`);
    return this.#serverDate;
  }

  close(): Promise<void> {
    this.#bucket.client.destroy();
    return Promise.resolve();
  }

  async #page(prefix: string, token: string | undefined): Promise<ListObjectsV2CommandOutput> {
    try {
      return await this.#bucket.client.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket.name,
          Prefix: `${this.#bucket.prefix}${prefix}`,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
    } catch (error) {
      throw s3Problem(error, `${this.description}/${prefix}`);
    }
  }
}
