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
  /** Tags of the object, by which rules of the store's own may go. S3 only: the configuration asks for none where the store is another. */
  tags?: Readonly<Record<string, string>> | undefined;
}

/** What became of an object that was to be removed. */
export type Removal =
  /** It is gone for good, every version of it. */
  | { kind: "removed" }
  /** There was none. */
  | { kind: "absent" }
  /** The store refuses to let it go yet: Object Lock, a retention or a legal hold, which is a normal state. It is as it was. */
  | {
      kind: "kept";
      /** When the store will let it go; undefined where that is not known, as with a legal hold. */
      until: Date | undefined;
      reason: string;
    };

/** An object that a plain DELETE hid: a delete marker stands before it, or it is soft-deleted. Its bytes are still there. */
export interface HiddenObject extends ListedObject {
  hiddenAt: Date;
  /** The store's own name of the version that would come back. */
  version: string;
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
  putDocument(key: string, text: string, options?: Pick<PutOptions, "tags">): Promise<void>;
  /** Opens an object; undefined when there is none. */
  read(key: string): Promise<Readable | undefined>;
  /** Reads a small document; undefined when there is none. Refuses more than `maxBytes`. */
  readDocument(key: string, maxBytes?: number): Promise<string | undefined>;
  /** All objects whose key begins with the prefix, in the order of their keys, over as many pages as there are. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /**
   * Removes an object for good: every version of it where the store keeps versions, the delete markers last, so that nothing comes back into
   * sight on the way. Throws a ProblemError with the exit code Permission, naming the right, where these credentials may not.
   */
  remove(key: string): Promise<Removal>;
  /** Objects below a prefix that a DELETE only hid, in the order of their keys. None where the store keeps nothing of what is deleted. */
  listHidden(prefix: string): AsyncIterable<HiddenObject>;
  /** Brings a hidden object back under its key, the very version that was listed; does nothing where it is in sight already. */
  unhide(hidden: HiddenObject): Promise<void>;
  /** Removes what unfinished writes below a prefix left, none of which a listing shows, where it last changed before a time. Returns how many. */
  removeUnfinished(prefix: string, before: Date): Promise<number>;
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
