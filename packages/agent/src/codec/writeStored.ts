import type { Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { StoredObjectRecord } from "@pgkeep/core";
import type { PutOptions, Store } from "../store/Store.js";
import { type EncodeOptions, encodeStages } from "./encodeStages.js";
import { Measure } from "./Measure.js";

export type WriteOptions = EncodeOptions & PutOptions;

/**
 * Writes a stream as a new object, compressed and, with recipients, encrypted; what was written, for the manifest. When the stream fails
 * nothing appears under the key, and the stream's own error is thrown.
 */
export async function writeStored(store: Store, key: string, plain: Readable, options: WriteOptions): Promise<StoredObjectRecord> {
  const before = new Measure();
  const after = new Measure();
  const encoding = pipeline([plain, before, ...stagesOrDestroy(plain, options), after]);
  const [stored, encoded] = await Promise.allSettled([store.put(key, after, options), encoding]);
  // The store throws its own failure, or that of the stream it was given; only when that is an echo the encoding knows more.
  if (stored.status === "rejected" && !(encoded.status === "rejected" && isEcho(stored.reason))) throw stored.reason;
  if (encoded.status === "rejected") throw encoded.reason;
  return {
    key,
    bytes: after.bytes,
    sha256: after.sha256,
    codec: (options.recipients ?? []).length > 0 ? ["zstd", "age"] : ["zstd"],
    plainBytes: before.bytes,
    plainSha256: before.sha256,
  };
}

/** Whoever feeds the stream must learn that nobody will read it. */
function stagesOrDestroy(plain: Readable, options: EncodeOptions): Duplex[] {
  try {
    return encodeStages(options);
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

/** Says only that another stream ended first. */
function isEcho(error: NodeJS.ErrnoException): boolean {
  return error.code === "ERR_STREAM_PREMATURE_CLOSE";
}
