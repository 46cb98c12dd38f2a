import { parseTimeName, type StoreLayout, Verdict } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import type { StatusReport } from "./StatusReport.js";

const VERDICTS: readonly string[] = Object.values(Verdict);

/** The newest physical drill, by the names of the results alone. */
export async function readLastPhysicalDrill(
  store: Pick<Store, "list">,
  { physicalDrills }: Pick<StoreLayout, "physicalDrills">,
): Promise<StatusReport["lastPhysicalDrill"]> {
  let last: StatusReport["lastPhysicalDrill"] = null;
  for await (const { key } of store.list(physicalDrills)) {
    const [, time = "", verdict = ""] = /^([^-]+)-([A-Z_]+)\.json$/.exec(key.slice(physicalDrills.length)) ?? [];
    const at = parseTimeName(time);
    if (at && VERDICTS.includes(verdict) && (last === null || at > last.at)) last = { at, verdict: verdict as Verdict };
  }
  return last;
}
