import { isRecoveryPointId, parseRecoveryPointId, type StoreLayout, Verdict } from "@pgkeep/core";
import type { Store } from "../store/Store.js";

/** One drill of a recovery point, as its name in the store tells. */
export interface DrillOutcome {
  key: string;
  /** When the drill ended. */
  at: Date;
  verdict: Verdict;
}

/** A recovery point as listings tell it, without its manifest being read. */
export interface ListedRecoveryPoint {
  id: string;
  slot: Date;
  committedAt: Date;
  /** `checked` once it committed, `proven` once a drill of it passed. */
  state: "checked" | "proven";
  /** Oldest first. */
  drills: DrillOutcome[];
  /** Bytes of everything that its attempts wrote, leftovers of failed attempts included. */
  bytes: number;
}

/** Objects of runs that never committed. They are no recovery point and disturb nothing; retention removes them. */
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
  recoveryPoints: ListedRecoveryPoint[];
  leftovers: Leftover[];
}

/** Reads what exists from listings alone: manifests make recovery points, drill results prove them, the rest are leftovers. */
export async function readHistory(store: Store, layout: StoreLayout): Promise<History> {
  const manifests = new Map<string, Date>();
  for await (const object of store.list(layout.manifests)) {
    const id = object.key.slice(layout.manifests.length).replace(/\.json$/, "");
    if (object.key.endsWith(".json") && isRecoveryPointId(id)) manifests.set(id, object.modifiedAt);
  }
  const drills = await readDrills(store, layout);
  const attempts = await readAttempts(store, layout);

  const recoveryPoints = [...manifests].map(([id, committedAt]): ListedRecoveryPoint => {
    const outcomes = drills.get(id) ?? [];
    return {
      id,
      slot: parseRecoveryPointId(id).slot,
      committedAt,
      state: outcomes.some(({ verdict }) => verdict === Verdict.Pass) ? "proven" : "checked",
      drills: outcomes,
      bytes: attempts.filter((attempt) => attempt.id === id).reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
  recoveryPoints.sort((a, b) => a.id.localeCompare(b.id, "en"));
  return { recoveryPoints, leftovers: attempts.filter(({ id }) => !manifests.has(id)) };
}

async function readDrills(store: Store, layout: StoreLayout): Promise<Map<string, DrillOutcome[]>> {
  const drills = new Map<string, DrillOutcome[]>();
  for await (const { key } of store.list(layout.drills)) {
    const match = /^([^/]+)\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})Z-([A-Z_]+)\.json$/.exec(key.slice(layout.drills.length));
    const [, id = "", year, month, day, hour, minute, second, verdict] = match ?? [];
    if (!match || !Object.values(Verdict).includes(verdict as Verdict)) continue;
    const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    drills.set(id, [...(drills.get(id) ?? []), { key, at, verdict: verdict as Verdict }]);
  }
  return drills;
}

async function readAttempts(store: Store, layout: StoreLayout): Promise<Leftover[]> {
  const attempts = new Map<string, Leftover>();
  for await (const object of store.list(layout.points)) {
    const [id = "", attempt = ""] = object.key.slice(layout.points.length).split("/");
    const known = attempts.get(`${id}/${attempt}`);
    attempts.set(`${id}/${attempt}`, {
      id,
      attempt,
      objects: (known?.objects ?? 0) + 1,
      bytes: (known?.bytes ?? 0) + object.bytes,
      lastWrittenAt: known && known.lastWrittenAt > object.modifiedAt ? known.lastWrittenAt : object.modifiedAt,
    });
  }
  return [...attempts.values()];
}
