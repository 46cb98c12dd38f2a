import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ExitCode, ProblemError, type StoredObjectRecord } from "@pgkeep/core";
import { ObjectExistsError, type Store } from "../store/Store.js";

export interface ObjectCopy {
  source: Store;
  target: Store;
  record: StoredObjectRecord;
  /** Bytes of what lies under the key at the far end already; undefined where nothing does. */
  found: number | undefined;
  signal: AbortSignal | undefined;
  /** Hears of bytes that were sent, and read back. */
  onBytes: (bytes: number) => void;
}

/** Whether the object was sent, or lay there already with the very same bytes. */
export type ObjectOutcome = "copied" | "taken-over";

type ExpectedBytes = Pick<StoredObjectRecord, "bytes" | "sha256">;

/**
 * Copies one object byte for byte. It appears at the far end only when what was read is what the manifest says, and counts only when it was read
 * back there and is the same. What lies there already is read and taken over where it is the same; another object is refused.
 */
export async function copyObject(copy: ObjectCopy): Promise<ObjectOutcome> {
  const { target, record, found, onBytes } = copy;
  if (found !== undefined) {
    if (found !== record.bytes) throw different(target, record.key, record, { bytes: found, sha256: "not read" });
    await verifyThere(copy, different);
    return "taken-over";
  }
  try {
    await send(copy);
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
    // Another copy of the same recovery point is under way.
    onBytes(record.bytes);
    await verifyThere(copy, different);
    return "taken-over";
  }
  await verifyThere(copy, damaged);
  return "copied";
}

async function send({ source, target, record, signal, onBytes }: ObjectCopy): Promise<void> {
  const body = await opened(source, record.key);
  const seen = new Digest();
  // The end is held back until all bytes were seen: an object of other ones never appears.
  const gate = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      seen.add(chunk);
      onBytes(chunk.length);
      callback(null, chunk);
    },
    flush(callback) {
      const result = seen.end();
      callback(isSame(result, record) ? null : wrongSource(source, record, result));
    },
  });
  const [written, read] = await Promise.allSettled([
    target.put(record.key, gate, { expectedBytes: record.bytes, ...(signal ? { signal } : {}) }),
    pipeline(body, gate),
  ]);
  signal?.throwIfAborted();
  // Of the two the one that failed by itself is the cause; a pipeline whose end was destroyed only echoes it.
  if (read.status === "rejected" && (read.reason instanceof ProblemError || written.status === "fulfilled")) throw read.reason;
  if (written.status === "rejected") throw written.reason;
}

async function verifyThere({ target, record, signal, onBytes }: ObjectCopy, refusal: typeof different): Promise<void> {
  const seen = new Digest();
  const body = await opened(target, record.key);
  const abort = () => body.destroy(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      seen.add(chunk);
      onBytes(chunk.length);
    }
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  const result = seen.end();
  if (!isSame(result, record)) throw refusal(target, record.key, record, result);
}

class Digest {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  add(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  end(): ExpectedBytes {
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }
}

function isSame(one: ExpectedBytes, other: ExpectedBytes): boolean {
  return one.bytes === other.bytes && one.sha256 === other.sha256;
}

async function opened(store: Store, key: string): Promise<Readable> {
  const body = await store.read(key);
  if (body) return body;
  throw new ProblemError(ExitCode.DataWrong, {
    where: `${store.description}/${key}`,
    reason: "the manifest names this object, and it is not there",
    next: "copy another recovery point; look at `pgkeep list --deleted` for what was only hidden",
  });
}

const inWords = ({ bytes, sha256 }: ExpectedBytes) => `${bytes} bytes, sha256 ${sha256}`;

function wrongSource(source: Store, record: StoredObjectRecord, found: ExpectedBytes): ProblemError {
  return new ProblemError(ExitCode.DataWrong, {
    where: `${source.description}/${record.key}`,
    reason: "the object is not what its manifest says, so it was not copied: it was damaged or exchanged",
    received: inWords(found),
    allowed: inWords(record),
    next: "copy another recovery point; this one does not restore",
  });
}

function different(target: Store, key: string, expected: ExpectedBytes, found: ExpectedBytes): ProblemError {
  return new ProblemError(ExitCode.DataWrong, {
    where: `${target.description}/${key}`,
    reason: "another object lies there under this name, and nothing in a store is overwritten",
    received: inWords(found),
    allowed: inWords(expected),
    next: "find out what put it there; copy to another place, or remove it",
  });
}

function damaged(target: Store, key: string, expected: ExpectedBytes, found: ExpectedBytes): ProblemError {
  return new ProblemError(ExitCode.InputOutput, {
    where: `${target.description}/${key}`,
    reason: "read back at the far end it is not what was sent, so the recovery point was not committed there",
    received: inWords(found),
    allowed: inWords(expected),
    next: "use another store for the copy: this one cannot be trusted",
  });
}
