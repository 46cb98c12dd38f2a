import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ExitCode, ProblemError, type StoredObjectRecord } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import { CodecError } from "./CodecError.js";
import { decodeStages } from "./decodeStages.js";
import { ExactBytes, type ExpectedBytes } from "./ExactBytes.js";

/**
 * Opens an object for what was put into it, decrypted and decompressed, and verifies it while it is read: size and hash as it lies in the
 * store and as it was before. On any difference the stream fails with a ProblemError that names the object, before its last bytes are given.
 */
export async function readStored(store: Store, record: StoredObjectRecord, identities: readonly string[] = []): Promise<Readable> {
  const dataWrong = (difference: string, cause?: unknown) =>
    new ProblemError(
      ExitCode.DataWrong,
      {
        where: `${store.description} ${record.key}`,
        reason: `this is not the object that the manifest records: ${difference}`,
        next: "use another recovery point, or another copy of this object; run `pgkeep drill` to see which recovery points restore",
      },
      { cause },
    );
  const stages = decodeStages(record.codec, identities);
  const source = await store.read(record.key);
  if (!source) throw dataWrong("nothing is stored under its key");
  const stored = new ExactBytes(record, (difference) => dataWrong(`it ${difference}`));
  const plain = new Verified(
    { bytes: record.plainBytes, sha256: record.plainSha256 },
    (difference) => dataWrong(`decoded, it ${difference}`),
    (error) => (isDecodingFailure(error) ? dataWrong(error.message, error) : error),
  );
  // The failure is the stream's own, seen by whoever reads it, even if it comes before anybody reads.
  plain.on("error", () => {});
  pipeline([source, stored, ...stages, plain]).catch(() => {});
  return plain;
}

/** The last stage: what fails before it fails here too, in words for the user. */
class Verified extends ExactBytes {
  readonly #explain: (error: Error) => Error;

  constructor(expected: ExpectedBytes, failure: (difference: string) => Error, explain: (error: Error) => Error) {
    super(expected, failure);
    this.#explain = explain;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callback(error && this.#explain(error));
  }
}

function isDecodingFailure(error: NodeJS.ErrnoException): boolean {
  return error instanceof CodecError || /^(ZSTD_error|Z_|ERR_ZLIB|ERR_ZSTD)/.test(error.code ?? "");
}
