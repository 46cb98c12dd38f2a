import type { StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import type { RemovalTools } from "./RemovalTools.js";
import type { SurveyedLeftover } from "./RetentionSurvey.js";
import { readManifests } from "./readableManifests.js";
import { aliveUntil } from "./signsOfLife.js";

/**
 * Whether what an attempt left may go now. Removing other things takes time, and since the survey a run that slept may have woken, or a copy have taken
 * the attempt up.
 */
export async function isStillDead({ store, layout, now }: RemovalTools, attempt: SurveyedLeftover): Promise<boolean> {
  const keys: string[] = [];
  let lastWrittenAt = attempt.lastWrittenAt;
  for await (const { key, modifiedAt } of store.list(layout.attempt(attempt.id, attempt.attempt))) {
    keys.push(key);
    if (modifiedAt > lastWrittenAt) lastWrittenAt = modifiedAt;
  }
  if ((await aliveUntil(store, { ...attempt, keys, lastWrittenAt })) > now) return false;
  return !(await isNeeded(store, layout, attempt));
}

/**
 * Whether a recovery point needs what an attempt wrote: its manifest names it, cannot be read, or is hidden by a plain DELETE. In sight is looked at
 * before hidden and after it, so that none is overlooked that goes from one to the other meanwhile.
 */
export async function isNeeded(store: Store, layout: StoreLayout, { id, attempt }: { id: string; attempt: string }): Promise<boolean> {
  const isNamed = async () => {
    if (!(await hasKey(store.list(layout.manifest(id)), layout.manifest(id)))) return false;
    const reading = (await readManifests(store, layout, [id], [])).get(id);
    return reading === undefined || !("attempts" in reading) || reading.attempts.includes(attempt);
  };
  return (await isNamed()) || (await hasKey(store.listHidden(layout.manifest(id)), layout.manifest(id))) || (await isNamed());
}

async function hasKey(objects: AsyncIterable<{ key: string }>, key: string): Promise<boolean> {
  for await (const found of objects) if (found.key === key) return true;
  return false;
}
