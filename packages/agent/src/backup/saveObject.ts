import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { StoredObjectRecord } from "@pgkeep/core";
import { type WriteOptions, writeStored } from "../codec/writeStored.js";
import type { Store } from "../store/Store.js";

/**
 * Streams a producer's output into a new object that exists only if the producer succeeded: the stream's end is held back until `approve`
 * has resolved, so a producer that dies or that a check refuses aborts the object instead of completing it.
 */
export async function saveObject(
  store: Store,
  key: string,
  source: Readable,
  approve: () => Promise<void>,
  options: WriteOptions,
): Promise<StoredObjectRecord> {
  const gate = new Transform({
    transform: (chunk, _encoding, callback) => callback(null, chunk),
    flush: (callback) => {
      approve().then(() => callback(), callback);
    },
  });
  const fed = pipeline(source, gate);
  const [written, producer] = await Promise.allSettled([writeStored(store, key, gate, options), fed]);
  // The producer's own failure is the cause; the store's is then only its echo.
  if (producer.status === "rejected" && !isPrematureClose(producer.reason)) throw producer.reason;
  if (written.status === "rejected") throw written.reason;
  if (producer.status === "rejected") throw producer.reason;
  return written.value;
}

function isPrematureClose(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE";
}
