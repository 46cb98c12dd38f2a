import type { Readable } from "node:stream";
import { assertKeyPrefix, assertObjectKey, isObjectKey } from "../objectKey.js";
import { readText } from "../readText.js";
import type { HiddenObject, ListedObject, PutOptions, Removal, Store } from "../Store.js";
import { downloadFromGcs } from "./downloadFromGcs.js";
import type { GcsBucket } from "./GcsBucket.js";
import { statusOf } from "./GcsRefusal.js";
import { gcsProblem } from "./gcsProblem.js";
import { hiddenInGcs, removeFromGcs, unhideInGcs } from "./gcsVersions.js";
import { putBytesToGcs, uploadToGcs } from "./uploadToGcs.js";

/** A store in a bucket of Google Cloud Storage. */
export class GcsStore implements Store {
  readonly description: string;
  readonly #bucket: GcsBucket;

  constructor(bucket: GcsBucket) {
    this.#bucket = bucket;
    this.description = bucket.url("").replace(/\/$/, "");
  }

  async put(key: string, body: Readable, options: PutOptions = {}): Promise<void> {
    await uploadToGcs(this.#bucket, key, body, options);
  }

  async putDocument(key: string, text: string): Promise<void> {
    assertObjectKey(key);
    await putBytesToGcs(this.#bucket, key, Buffer.from(text));
  }

  async read(key: string): Promise<Readable | undefined> {
    assertObjectKey(key);
    return await downloadFromGcs(this.#bucket, key);
  }

  async readDocument(key: string, maxBytes?: number): Promise<string | undefined> {
    const body = await this.read(key);
    return body && (await readText(this.#bucket.url(key), body, maxBytes));
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    assertKeyPrefix(prefix);
    try {
      for await (const { name, size, timeCreated } of this.#bucket.list(prefix, "name,size,timeCreated")) {
        const key = name.slice(this.#bucket.prefix.length);
        if (isObjectKey(key)) yield { key, bytes: Number(size ?? 0), modifiedAt: new Date(timeCreated ?? 0) };
      }
    } catch (error) {
      throw gcsProblem(error, `${this.description}/${prefix}`);
    }
  }

  async remove(key: string): Promise<Removal> {
    assertObjectKey(key);
    return await removeFromGcs(this.#bucket, key);
  }

  listHidden(prefix: string): AsyncIterable<HiddenObject> {
    assertKeyPrefix(prefix);
    return hiddenInGcs(this.#bucket, prefix);
  }

  async unhide(hidden: HiddenObject): Promise<void> {
    assertObjectKey(hidden.key);
    await unhideInGcs(this.#bucket, hidden);
  }

  /** Sessions of uploads cannot be listed; Google forgets them after a week. */
  removeUnfinished(): Promise<number> {
    return Promise.resolve(0);
  }

  /** The Date header of an answer; asking for an object that is not there is enough, and being refused too. */
  async clock(prefix: string): Promise<Date> {
    assertKeyPrefix(prefix);
    const { client } = this.#bucket;
    client.serverDate = undefined;
    try {
      await client.send({ method: "GET", path: this.#bucket.object(`${prefix}clock`) });
    } catch (error) {
      if (statusOf(error) === undefined) throw gcsProblem(error, this.description);
    }
    if (!client.serverDate)
      throw new Error(`${this.description} answered without a Date header, which HTTP demands of a server with a clock`);
    return client.serverDate;
  }

  close(): Promise<void> {
    this.#bucket.client.close();
    return Promise.resolve();
  }
}
