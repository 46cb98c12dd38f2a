import { ExitCode, isRecoveryPointId, ProblemError, parseTimeName, type StoreLayout } from "@pgkeep/core";
import { z } from "zod";
import type { Store } from "../store/Store.js";
import { readRecord } from "./readRecord.js";
import { recordText } from "./recordText.js";

/** A removal takes seconds: whoever began one so long ago is dead. */
export const REMOVAL_MILLISECONDS = 3_600_000;

const recordSchema = z.object({ at: z.coerce.date(), by: z.string(), attempts: z.array(z.string()) });

/** The record that a removal began: who removes, and which attempts of the recovery point its manifest named, for whoever has to end it. */
export type RemovalRecord = z.infer<typeof recordSchema>;

/** What the newest record of a removal says. */
export interface RemovalState {
  /** `began`: nobody may rely on the recovery point. `given-up` and `refused`: it is as it was. */
  kind: "began" | "given-up" | "refused";
  /** When the record was written. */
  at: Date;
  /** Where the store refused: until when it will; null where it did not say. */
  until: Date | null;
  /** Of the newest record. */
  key: string;
}

/**
 * The removals that began and did not end, by recovery point, from one listing. Records are named by their time instead of being removed to end
 * something, because under Object Lock they cannot be removed for a while either.
 */
export async function readRemovals(store: Store, layout: StoreLayout): Promise<Map<string, RemovalState>> {
  return await readStates(store, layout, layout.tombstones);
}

/** The removal of one recovery point; undefined where none began. */
export async function readRemoval(store: Store, layout: StoreLayout, id: string): Promise<RemovalState | undefined> {
  return (await readStates(store, layout, layout.tombstonesOf(id))).get(id);
}

/** What the record of a removal that began holds; undefined where it is gone. */
export async function readRemovalRecord(store: Store, { key }: RemovalState): Promise<RemovalRecord | undefined> {
  return await readRecord(store, key, recordSchema);
}

/**
 * Marks that the removal of a recovery point begins. Whoever pins, accepts or uses it from now on sees that. Returns the key of the mark, by which
 * this removal, and no other, is given up.
 */
export async function beginRemoval(store: Store, layout: StoreLayout, id: string, record: Omit<RemovalRecord, "at">): Promise<string> {
  const at = nextTime(await readRemoval(store, layout, id));
  const key = layout.removalBegan(id, at);
  await store.putDocument(key, recordText({ at, ...record }));
  return key;
}

/**
 * Takes the mark back: nothing was removed. Where the mark itself is locked, or may not be removed, a later record says so. `own` is the mark of the one
 * who gives up: that of another who removes the same at this moment stays, for he may not give up. Without it all marks go.
 */
export async function giveUpRemoval(store: Store, layout: StoreLayout, id: string, own?: string): Promise<void> {
  const others = own === undefined ? [] : await otherRemovals(store, layout, id, own);
  try {
    if (await removeRecords(store, layout, id, others)) return;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.exitCode !== ExitCode.Permission) throw error;
  }
  if (others.length > 0) return;
  const at = nextTime(await readRemoval(store, layout, id));
  await store.putDocument(layout.removalGivenUp(id, at), recordText({ at }));
}

/** Says that the store refused the removal before anything was removed, so that it is not tried again before that time. */
export async function refuseRemoval(store: Store, layout: StoreLayout, id: string, until: Date | null, reason: string): Promise<void> {
  const at = nextTime(await readRemoval(store, layout, id));
  const key = layout.removalRefused(id, at, until);
  await store.putDocument(key, recordText({ at, until, reason }));
  await removeRecords(store, layout, id, [key]);
}

/** Marks of removals by others that may be under way. */
async function otherRemovals(store: Store, layout: StoreLayout, id: string, own: string): Promise<string[]> {
  const keys: string[] = [];
  const since = Date.now() - REMOVAL_MILLISECONDS;
  for await (const { key } of store.list(layout.tombstonesOf(id))) {
    const began = parseTimeName(/([^/-]+)-began\.json$/.exec(key)?.[1] ?? "");
    if (key !== own && began && began.getTime() > since) keys.push(key);
  }
  return keys;
}

/** Removes the records of a removal that is done; false where one of them is locked. */
export async function removeRecords(store: Store, layout: StoreLayout, id: string, except: readonly string[] = []): Promise<boolean> {
  const keys: string[] = [];
  for await (const { key } of store.list(layout.tombstonesOf(id))) if (!except.includes(key)) keys.push(key);
  let all = true;
  // The newest last: until then it decides.
  for (const key of keys) if ((await store.remove(key)).kind === "kept") all = false;
  return all;
}

async function readStates(store: Store, layout: StoreLayout, prefix: string): Promise<Map<string, RemovalState>> {
  const states = new Map<string, RemovalState>();
  for await (const { key } of store.list(prefix)) {
    const name = key.slice(layout.tombstones.length);
    const match = /^([^/]+)\/([^-]+)-(?:(began|given-up|refused)|refused-until-([^-]+))\.json$/.exec(name);
    const [, id = "", written = "", kind, end = ""] = match ?? [];
    const at = parseTimeName(written);
    const until = parseTimeName(end) ?? null;
    if (!match || !isRecoveryPointId(id) || !at || (kind === undefined && until === null)) continue;
    // Names come in the order of time: the last of a recovery point decides.
    states.set(id, { kind: (kind ?? "refused") as RemovalState["kind"], at, until, key });
  }
  return states;
}

/** Later than the record there is: one made on a machine whose clock is behind must decide all the same. */
function nextTime(last: RemovalState | undefined): Date {
  return new Date(Math.max(Date.now(), (last?.at.getTime() ?? 0) + 1));
}
