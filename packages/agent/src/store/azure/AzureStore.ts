import type { Readable } from "node:stream";
import { assertKeyPrefix, assertObjectKey, isObjectKey } from "../objectKey.js";
import { readText } from "../readText.js";
import type { HiddenObject, ListedObject, PutOptions, Removal, Store } from "../Store.js";
import type { AzureContainer } from "./AzureContainer.js";
import { isRestError } from "./azureErrors.js";
import { azureProblem } from "./azureProblem.js";
import { hiddenInAzure, removeFromAzure, unhideInAzure } from "./azureVersions.js";
import { downloadFromAzure } from "./downloadFromAzure.js";
import { putBytesToAzure, uploadToAzure } from "./uploadToAzure.js";

const PAGE_SIZE = 5_000;

/** Azure's own limits, unless a test wants to meet them sooner. */
export interface AzureLimits {
  /** Blocks of one object. Defaults to 50,000. */
  maximumBlocks?: number;
  /** Objects on one page of a listing. Defaults to 5,000. */
  pageSize?: number;
}

/** A store in a container of Azure Blob Storage. */
export class AzureStore implements Store {
  readonly description: string;
  readonly #container: AzureContainer;
  readonly #limits: AzureLimits;

  constructor(container: AzureContainer, limits: AzureLimits = {}) {
    this.#container = container;
    this.#limits = limits;
    this.description = container.url("").replace(/\/$/, "");
  }

  async put(key: string, body: Readable, options: PutOptions = {}): Promise<void> {
    await uploadToAzure(this.#container, key, body, options, this.#limits.maximumBlocks);
  }

  async putDocument(key: string, text: string): Promise<void> {
    assertObjectKey(key);
    await putBytesToAzure(this.#container, key, Buffer.from(text));
  }

  async read(key: string): Promise<Readable | undefined> {
    assertObjectKey(key);
    return await downloadFromAzure(this.#container, key);
  }

  async readDocument(key: string, maxBytes?: number): Promise<string | undefined> {
    const body = await this.read(key);
    return body && (await readText(this.#container.url(key), body, maxBytes));
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    assertKeyPrefix(prefix);
    try {
      const pages = this.#container.client
        .listBlobsFlat({ prefix: this.#container.nameOf(prefix) })
        .byPage({ maxPageSize: this.#limits.pageSize ?? PAGE_SIZE });
      for await (const { segment } of pages) {
        for (const { name, properties } of segment.blobItems) {
          const key = name.slice(this.#container.prefix.length);
          const { contentLength = 0, createdOn, lastModified } = properties;
          if (isObjectKey(key)) yield { key, bytes: contentLength, modifiedAt: createdOn ?? lastModified };
        }
      }
    } catch (error) {
      throw azureProblem(error, `${this.description}/${prefix}`);
    }
  }

  async remove(key: string): Promise<Removal> {
    assertObjectKey(key);
    return await removeFromAzure(this.#container, key);
  }

  listHidden(prefix: string): AsyncIterable<HiddenObject> {
    assertKeyPrefix(prefix);
    return hiddenInAzure(this.#container, prefix);
  }

  async unhide(hidden: HiddenObject): Promise<void> {
    assertObjectKey(hidden.key);
    await unhideInAzure(this.#container, hidden);
  }

  /** Staged blocks cannot be removed by themselves; Azure drops them after a week. */
  removeUnfinished(): Promise<number> {
    return Promise.resolve(0);
  }

  /** The Date header of an answer; asking for an object that is not there is enough, and being refused too. */
  async clock(prefix: string): Promise<Date> {
    assertKeyPrefix(prefix);
    try {
      const { date } = await this.#container.blob(`${prefix}clock`).getProperties();
      if (date) return date;
    } catch (error) {
      const date = isRestError(error) ? error.response?.headers.get("date") : undefined;
      if (!date) throw azureProblem(error, this.description);
      return new Date(date);
    }
    throw new Error(`${this.description} answered without a Date header, which HTTP demands of a server with a clock`);
  }

  close(): Promise<void> {
    this.#container.close();
    return Promise.resolve();
  }
}
