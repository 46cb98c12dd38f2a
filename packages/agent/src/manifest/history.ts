import { isRecoveryPointId, parseRecoveryPointId, type StoreLayout } from "@pgkeep/core";
import { listedIds } from "../records/listedIds.js";
import { readPins } from "../records/pins.js";
import { readRemovals } from "../records/tombstones.js";
import type { Store } from "../store/Store.js";
import { type DrillOutcome, provenAt, readDrills } from "./readDrills.js";

/** A recovery point as listings tell it, without its manifest being read. */
export interface ListedRecoveryPoint {
  id: string;
  slot: Date;
  committedAt: Date;
  /** `checked` once it committed, `suspicious` while the anomaly gate's finding is not accepted, `proven` once a drill of it passed and none failed since. */
  state: "checked" | "suspicious" | "proven";
  /** Counts for retention: committed and not suspicious, or accepted. */
  good: boolean;
  /** Was suspicious, and somebody accepted it. */
  accepted: boolean;
  /** A drill passed, and none failed since. A suspicious one may well be: an emptied table restores perfectly. */
  proven: boolean;
  /** A pin in force; null is for ever. */
  pinned: { until: Date | null } | undefined;
  /** Its removal has begun. */
  removing: boolean;
  /** Oldest first. */
  drills: DrillOutcome[];
  /** Undefined from readRecoveryPoints, which does not ask for it. */
  bytes: number | undefined;
}

/** A recovery point with the bytes of everything that its attempts wrote, leftovers of failed attempts included. */
export interface SizedRecoveryPoint extends ListedRecoveryPoint {
  bytes: number;
}

/** Objects of runs that never committed, or of points whose manifest somebody deleted, or hid behind a delete marker. They are no recovery point and disturb nothing; retention removes them. */
export interface Leftover {
  id: string;
  attempt: string;
  objects: number;
  bytes: number;
  /** When its newest object was written: its last sign of life. */
  lastWrittenAt: Date;
}

export interface History {
  /** Oldest first. */
  recoveryPoints: SizedRecoveryPoint[];
  leftovers: Leftover[];
}

/**
 * Reads which recovery points exist and what was recorded about them, oldest first, from the listings of manifests and records alone: what lies
 * below `points/`, by far the most objects, is not looked at. `now` (default: now) decides which pins are in force.
 */
export async function readRecoveryPoints(store: Store, layout: StoreLayout, now = new Date()): Promise<ListedRecoveryPoint[]> {
  const [manifests, suspicions, acceptances, pins, removals, drills] = await Promise.all([
    listedIds(store, layout.manifests),
    listedIds(store, layout.suspicions),
    listedIds(store, layout.acceptances),
    readPins(store, layout, now),
    readRemovals(store, layout),
    readDrills(store, layout),
  ]);
  const points = [...manifests].map(([id, committedAt]): ListedRecoveryPoint => {
    const outcomes = drills.get(id) ?? [];
    const proven = provenAt(outcomes) !== null;
    const accepted = suspicions.has(id) && acceptances.has(id);
    const good = accepted || !suspicions.has(id);
    const pin = pins.get(id);
    return {
      id,
      slot: parseRecoveryPointId(id).slot,
      committedAt,
      state: good ? (proven ? "proven" : "checked") : "suspicious",
      good,
      accepted,
      proven,
      pinned: pin && { until: pin.until },
      removing: removals.get(id)?.kind === "began",
      drills: outcomes,
      bytes: undefined,
    };
  });
  // Ids tell whole seconds, and behind them chance: of two recovery points of one second the one that committed later is the newer.
  return points.sort((a, b) => a.slot.getTime() - b.slot.getTime() || a.committedAt.getTime() - b.committedAt.getTime());
}

/** As readRecoveryPoints, with sizes, and with what runs left that did not commit: everything is listed. */
export async function readHistory(store: Store, layout: StoreLayout, now = new Date()): Promise<History> {
  // Attempts first: a run that commits meanwhile is then no leftover.
  const attempts = await readAttempts(store, layout);
  const recoveryPoints = await readRecoveryPoints(store, layout, now);
  const sizes = new Map<string, number>();
  for (const { id, bytes } of attempts) sizes.set(id, (sizes.get(id) ?? 0) + bytes);
  const committed = new Set(recoveryPoints.map(({ id }) => id));
  return {
    recoveryPoints: recoveryPoints.map((point) => ({ ...point, bytes: sizes.get(point.id) ?? 0 })),
    leftovers: attempts.filter(({ id }) => !committed.has(id)),
  };
}

async function readAttempts(store: Store, layout: StoreLayout): Promise<Leftover[]> {
  const attempts = new Map<string, Leftover>();
  for await (const { key, bytes, modifiedAt } of store.list(layout.points)) {
    const [id = "", attempt = "", object] = key.slice(layout.points.length).split("/");
    if (!isRecoveryPointId(id) || object === undefined) continue;
    const known = attempts.get(`${id}/${attempt}`) ?? { id, attempt, objects: 0, bytes: 0, lastWrittenAt: modifiedAt };
    known.objects += 1;
    known.bytes += bytes;
    if (known.lastWrittenAt < modifiedAt) known.lastWrittenAt = modifiedAt;
    attempts.set(`${id}/${attempt}`, known);
  }
  return [...attempts.values()];
}
