import { isRecoveryPointId, type StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";

/** Everything that one attempt at a recovery point wrote. */
export interface StoredAttempt {
  id: string;
  attempt: string;
  keys: string[];
  bytes: number;
  firstWrittenAt: Date;
  lastWrittenAt: Date;
}

/** All attempts that left anything, from one listing of `points/`. Passes over foreign files. */
export async function readStoredAttempts(store: Store, layout: StoreLayout): Promise<StoredAttempt[]> {
  const attempts = new Map<string, StoredAttempt>();
  for await (const { key, bytes, modifiedAt } of store.list(layout.points)) {
    const [id = "", attempt = "", object] = key.slice(layout.points.length).split("/");
    if (!isRecoveryPointId(id) || object === undefined) continue;
    const name = `${id}/${attempt}`;
    const known = attempts.get(name) ?? { id, attempt, keys: [], bytes: 0, firstWrittenAt: modifiedAt, lastWrittenAt: modifiedAt };
    known.keys.push(key);
    known.bytes += bytes;
    if (modifiedAt < known.firstWrittenAt) known.firstWrittenAt = modifiedAt;
    if (modifiedAt > known.lastWrittenAt) known.lastWrittenAt = modifiedAt;
    attempts.set(name, known);
  }
  return [...attempts.values()];
}
