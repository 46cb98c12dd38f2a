import type { StoreLayout } from "@pgkeep/core";
import { ObjectExistsError, type Store } from "../store/Store.js";

const RECORD_BYTES = 16 * 1024 * 1024;

/**
 * Copies what was recorded about recovery points: what the anomaly gate found and who accepted it, since retention at the far end must not count an emptied
 * database; pins, because what must not be lost must not be lost there; drills, because they proved the very bytes that lie there too. Signs of
 * use, removals and the audit trail speak of the one store and stay. Returns how many records were new.
 */
export async function copyRecords(source: Store, target: Store, layout: StoreLayout, ids: ReadonlySet<string>): Promise<number> {
  let copied = 0;
  for (const prefix of recordPrefixes(layout, ids)) {
    const there = new Set<string>();
    for await (const { key } of target.list(prefix.path)) there.add(key);
    for await (const { key } of source.list(prefix.path)) {
      const [id = ""] = key.slice(prefix.kind.length).split("/");
      if (there.has(key) || !key.endsWith(".json") || !ids.has(id.replace(/\.json$/, ""))) continue;
      const text = await source.readDocument(key, RECORD_BYTES);
      // Removed in this moment.
      if (text === undefined) continue;
      if (await putNew(target, key, text)) copied += 1;
    }
  }
  return copied;
}

interface RecordPrefix {
  /** Of all records of a kind. */
  kind: string;
  /** What is listed. */
  path: string;
}

/** Of one recovery point only its own records are listed: there may be thousands of others. */
function recordPrefixes({ suspicions, acceptances, pins, drills }: StoreLayout, ids: ReadonlySet<string>): RecordPrefix[] {
  const [id] = ids;
  const only = ids.size === 1 && id !== undefined ? id : "";
  return [suspicions, acceptances, pins, drills].map((kind) => ({ kind, path: `${kind}${only}` }));
}

async function putNew(target: Store, key: string, text: string): Promise<boolean> {
  try {
    await target.putDocument(key, text);
    return true;
  } catch (error) {
    if (error instanceof ObjectExistsError) return false;
    throw error;
  }
}
