import { ExitCode, type Manifest, ProblemError, type StoredObjectRecord, type StoreLayout } from "@pgkeep/core";
import { beginAttempt } from "../backup/heartbeat.js";
import { readManifest } from "../manifest/readManifest.js";
import { isBeingRemoved } from "../records/removal.js";
import { usingRecoveryPoint } from "../records/useRecoveryPoint.js";
import type { Reporter } from "../reporter.js";
import { newestSignNumber } from "../retention/signsOfLife.js";
import { assertCreateOnly } from "../store/assertCreateOnly.js";
import { ObjectExistsError, type Store } from "../store/Store.js";
import { copyObject } from "./copyObject.js";
import { copyRecords } from "./copyRecords.js";

/** A manifest of some hundred thousand tables. */
const MANIFEST_BYTES = 256 * 1024 * 1024;

export interface CopyTools {
  source: Store;
  target: Store;
  layout: StoreLayout;
  publicKeys: readonly string[];
  reporter: Reporter;
  signal: AbortSignal | undefined;
}

/** What one recovery point's copy took. */
export interface RecoveryPointCopy {
  id: string;
  /** `there` when it lay at the far end already. */
  outcome: "copied" | "there";
  objects: number;
  /** Of these objects, how many an earlier attempt had copied. */
  takenOver: number;
  /** Bytes of all its objects; as many were read back, and cost what the far end asks for reading. */
  bytes: number;
}

/**
 * Copies a recovery point byte for byte: its objects, each read back at the far end, then what was recorded about it, and its manifest last, so that
 * an interrupted copy leaves nothing that looks whole and the next one goes on. While it runs, retention leaves it alone at both ends.
 */
export async function copyRecoveryPoint(tools: CopyTools, id: string): Promise<RecoveryPointCopy> {
  const { source, target, layout, publicKeys, reporter, signal } = tools;
  const manifest = await readManifest(source, layout, id, publicKeys);
  const text = (await source.readDocument(layout.manifest(id), MANIFEST_BYTES)) ?? "";
  const records = objectsOf(manifest);
  const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
  if (await isBeingRemoved(target, layout, id)) throw removedThere(target, id);
  const there = await target.readDocument(layout.manifest(id), MANIFEST_BYTES);
  if (there !== undefined) {
    assertSameManifest(target, layout.manifest(id), there, text);
    return { id, outcome: "there", objects: records.length, takenOver: records.length, bytes };
  }
  return await usingRecoveryPoint(source, layout, id, "copy", reporter, async () => {
    if (await isBeingRemoved(target, layout, id)) throw removedThere(target, id);
    const prefix = layout.attempt(id, manifest.attempt);
    const found = await sizesBelow(target, prefix);
    const signs = newestSignNumber([...found.keys()]) + 1;
    // Whoever removes what an attempt left begins with that; written anew it would say that nobody does.
    if (signs > 0 && !found.has(`${prefix}begin.json`)) throw removedThere(target, id);
    const heartbeat = await beginAttempt(target, layout, id, manifest.attempt, reporter, signs);
    try {
      await assertCreateOnly(target, `${prefix}${signs === 0 ? "begin" : `alive-${signs}`}.json`);
      const takenOver = await copyObjects(tools, id, records, found, bytes);
      await copyRecords(source, target, layout, new Set([id]));
      signal?.throwIfAborted();
      await heartbeat.assertAlive(false);
      await assertAllThere(target, prefix, records);
      await commit(tools, id, text);
      await heartbeat.assertAlive(true);
      await assertAllThere(target, prefix, records);
      return { id, outcome: "copied" as const, objects: records.length, takenOver, bytes };
    } finally {
      await heartbeat.stop();
    }
  });
}

function objectsOf({ databases, globals, files }: Manifest): StoredObjectRecord[] {
  return [globals.object, ...databases.map(({ object }) => object), ...(files ? [files.object] : [])];
}

async function sizesBelow(store: Store, prefix: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { key, bytes } of store.list(prefix)) sizes.set(key, bytes);
  return sizes;
}

/** What was taken over may have been on its way out, and all of it was written long before the commit. */
async function assertAllThere(target: Store, prefix: string, records: readonly StoredObjectRecord[]): Promise<void> {
  const sizes = await sizesBelow(target, prefix);
  const gone = records.filter(({ key, bytes }) => sizes.get(key) !== bytes);
  if (gone.length === 0) return;
  throw new ProblemError(
    ExitCode.DataWrong,
    gone.map(({ key }) => ({
      where: `${target.description}/${key}`,
      reason: "this object of the copy is gone, or another, since it was read back: somebody removed it meanwhile",
      next: "find out who removes objects there, then copy again; a recovery point that is listed there and lacks objects does not restore",
    })),
  );
}

async function copyObjects(
  { source, target, reporter, signal }: CopyTools,
  id: string,
  records: readonly StoredObjectRecord[],
  found: ReadonlyMap<string, number>,
  bytes: number,
): Promise<number> {
  let takenOver = 0;
  let done = 0;
  for (const record of records) {
    signal?.throwIfAborted();
    const onBytes = (more: number) => {
      done += more;
      reporter.progress(`copy of ${id}`, done, total);
    };
    const total = 2 * bytes - takenOverBytes(records, found);
    const outcome = await copyObject({ source, target, record, found: found.get(record.key), signal, onBytes });
    if (outcome === "taken-over") takenOver += 1;
  }
  return takenOver;
}

/** What lies there already is only read. */
function takenOverBytes(records: readonly StoredObjectRecord[], found: ReadonlyMap<string, number>): number {
  return records.filter(({ key }) => found.has(key)).reduce((sum, { bytes }) => sum + bytes, 0);
}

async function commit({ target, layout, publicKeys }: CopyTools, id: string, text: string): Promise<void> {
  const key = layout.manifest(id);
  try {
    await target.putDocument(key, text);
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
    assertSameManifest(target, key, (await target.readDocument(key, MANIFEST_BYTES)) ?? "", text);
  }
  await readManifest(target, layout, id, publicKeys);
}

function assertSameManifest(target: Store, key: string, there: string, text: string): void {
  if (there === text) return;
  throw new ProblemError(ExitCode.DataWrong, {
    where: `${target.description}/${key}`,
    reason: "another manifest lies there under this name, and nothing in a store is overwritten",
    next: "find out which of the two was edited: `pgkeep show` reads both, one with --copy; copy to another place",
  });
}

function removedThere(target: Store, id: string): ProblemError {
  return new ProblemError(ExitCode.TryAgain, {
    where: `${target.description}, recovery point ${id}`,
    reason: "retention at the far end is removing what an earlier copy of it left",
    next: "run it again",
  });
}
