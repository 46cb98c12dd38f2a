import type { Readable } from "node:stream";

/** What a listing tells of an object. */
export interface ListedObject {
  /** Key below the store's prefix, with forward slashes. */
  key: string;
  bytes: number;
  modifiedAt: Date;
}

export interface PutOptions {
  /** Best guess of the size, from which an S3 part size is chosen so that the limit on parts is never met. */
  expectedBytes?: number;
  /** Aborts the write: nothing appears under the key. */
  signal?: AbortSignal;
}

/**
 * Where recovery points live. Nothing in a store is ever overwritten: every write is create-only, and an object appears under its key
 * whole or not at all.
 */
export interface Store {
  /** For messages: the URL without anything secret. */
  readonly description: string;
  /**
   * Writes a stream as a new object. When the stream fails, or the signal aborts, nothing appears under the key.
   * Throws ObjectExistsError when the key is taken; a ProblemError for missing permission, space, bucket or connection.
   */
  put(key: string, body: Readable, options?: PutOptions): Promise<void>;
  /** Writes a small document as a new object; same errors as `put`. */
  putDocument(key: string, text: string): Promise<void>;
  /** Opens an object; undefined when there is none. */
  read(key: string): Promise<Readable | undefined>;
  /** Reads a small document; undefined when there is none. Refuses more than `maxBytes`. */
  readDocument(key: string, maxBytes?: number): Promise<string | undefined>;
  /** All objects whose key begins with the prefix, in the order of their keys, over as many pages as there are. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** The store's own clock, as seen in a response or a file it just wrote below `prefix`. */
  clock(prefix: string): Promise<Date>;
  close(): Promise<void>;
}

/** The key is taken. */
export class ObjectExistsError extends Error {
  override readonly name = "ObjectExistsError";
  constructor(readonly key: string) {
    super(`${key} exists already and nothing in a store is overwritten`);
  }
}
