import { isRecoveryPointId } from "@pgkeep/core";
import type { Store } from "../store/Store.js";

/** The recovery points that have a document `<id>.json` right below a prefix, and when it was written. Passes over foreign files. */
export async function listedIds(store: Store, prefix: string): Promise<Map<string, Date>> {
  const ids = new Map<string, Date>();
  for await (const { key, modifiedAt } of store.list(prefix)) {
    const id = key.slice(prefix.length).replace(/\.json$/, "");
    if (key.endsWith(".json") && isRecoveryPointId(id)) ids.set(id, modifiedAt);
  }
  return ids;
}
