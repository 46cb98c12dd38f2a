import { parseTimeName, type StoreLayout, Verdict } from "@pgkeep/core";
import type { Store } from "../store/Store.js";

/** One drill of a recovery point, as its name in the store tells. */
export interface DrillOutcome {
  key: string;
  /** When the drill ended. */
  at: Date;
  verdict: Verdict;
}

const VERDICTS: readonly string[] = Object.values(Verdict);

/** The drills of all recovery points, oldest first, from one listing. Passes over foreign files. */
export async function readDrills(store: Store, layout: StoreLayout): Promise<Map<string, DrillOutcome[]>> {
  const drills = new Map<string, DrillOutcome[]>();
  for await (const { key } of store.list(layout.drills)) {
    const [, id = "", time = "", verdict = ""] = /^([^/]+)\/([^-]+)-([A-Z_]+)\.json$/.exec(key.slice(layout.drills.length)) ?? [];
    const at = parseTimeName(time);
    if (!at || !VERDICTS.includes(verdict)) continue;
    const outcome = { key, at, verdict: verdict as Verdict };
    const known = drills.get(id);
    if (known) known.push(outcome);
    else drills.set(id, [outcome]);
  }
  return drills;
}

/** When a drill proved a recovery point last; null where none did, or a later one failed. One that could not verify takes no proof away. `drills` oldest first. */
export function provenAt(drills: readonly DrillOutcome[]): Date | null {
  const last = drills.findLast(({ verdict }) => verdict !== Verdict.CouldNotVerify);
  return last?.verdict === Verdict.Pass ? last.at : null;
}
