import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { HeldSnapshot } from "./HeldSnapshot.js";

/** A pg_dump that was started on a held snapshot and whose output nobody reads yet. */
export interface StartedDump {
  archive: Readable;
  /** Rejects when it failed. */
  finished: Promise<unknown>;
}

/**
 * Waits until every pg_dump has locks of its own on all its tables, which it has once it writes its first byte. Answers with who stands in
 * the way when one does not get there in time, empty when all did.
 *
 * A TRUNCATE (or any DDL) that comes between our locks and pg_dump's waits for ours, and pg_dump waits behind it: a circle that nobody on the
 * server sees, while everybody else who uses the table queues up too. It must not last. So: start all dumps at once, right after the
 * snapshot, whatever limit there is on how many are read at a time (one that is not read waits at its pipe, with its locks); and when
 * somebody is in the way end the dumps, `release`, which lets him through, and hold a new instant.
 */
export async function waitForDumpLocks(
  held: HeldSnapshot,
  dumps: readonly StartedDump[],
  boundMilliseconds: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const stop = new AbortController();
  const until = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
  try {
    const locked = Promise.all(dumps.map((dump) => Promise.race([firstByte(dump, until), dump.finished])));
    return await Promise.race([locked.then(() => []), held.lost, whoIsInTheWay(held, boundMilliseconds, until)]);
  } finally {
    stop.abort();
  }
}

async function firstByte({ archive, finished }: StartedDump, signal: AbortSignal): Promise<void> {
  // Only asks that there is something: what is read stays in the stream for its reader.
  if (archive.readableLength === 0) await once(archive, "readable", { signal });
  // A stream that ends without a byte is `readable` too.
  if (archive.readableLength === 0) await finished;
}

/** Settles when the same circle is seen for the length of the bound; a slow pg_dump without anybody in its way is left alone. */
async function whoIsInTheWay(held: HeldSnapshot, boundMilliseconds: number, signal: AbortSignal): Promise<string[]> {
  let since = performance.now();
  for (;;) {
    await sleep(Math.min(100, boundMilliseconds), undefined, { signal });
    const waiters = await held.describeWaiters();
    if (waiters.length < 2) since = performance.now();
    else if (performance.now() - since >= boundMilliseconds) return waiters;
  }
}
