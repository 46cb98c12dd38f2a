import { parseTimeName, type StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import type { StatusReport } from "./StatusReport.js";

/**
 * The last record of each action in the audit trail, newest first, by names alone. Only this month and the one before are listed: a trail of years
 * is long, and a listing begins where its prefix does.
 */
export async function lastActions(
  store: Pick<Store, "list">,
  { audit }: Pick<StoreLayout, "audit">,
  now: Date,
): Promise<StatusReport["lastActions"]> {
  const last = new Map<string, StatusReport["lastActions"][number]>();
  for (const month of [monthOf(now, -1), monthOf(now, 0)]) {
    for await (const { key } of store.list(`${audit}${month}`)) {
      const record = parseName(key.slice(audit.length));
      if (record) last.set(record.action, record);
    }
  }
  return [...last.values()].sort((a, b) => b.at.getTime() - a.at.getTime());
}

/** As names of records begin: `202611`. */
function monthOf(now: Date, difference: number): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + difference, 1)).toISOString().slice(0, 7).replace("-", "");
}

/** `<time>-<action>-<result>-<8 characters>.json`; only a result may hold hyphens. */
function parseName(name: string): StatusReport["lastActions"][number] | undefined {
  const [, time = "", action = "", result = ""] = /^([^-]+)-([a-z]+)-([a-z]+(?:-[a-z]+)*)-[a-z0-9]{8}\.json$/.exec(name) ?? [];
  const at = parseTimeName(time);
  return at && { action, at, result };
}
