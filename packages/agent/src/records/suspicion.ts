import { type StoreLayout, type Suspicion, suspicionSchema } from "@pgkeep/core";
import { z } from "zod";
import { ObjectExistsError, type Store } from "../store/Store.js";
import { readRecord } from "./readRecord.js";
import { recordText } from "./recordText.js";

const recordSchema = z.object({ at: z.coerce.date(), base: z.string(), findings: z.array(suspicionSchema) });

/** What the anomaly gate found about a recovery point beside `base`, the last good one before it. */
export type SuspicionRecord = z.infer<typeof recordSchema>;

/**
 * Marks a recovery point as suspicious, before its manifest is written. What an earlier attempt of the same run found stays: nothing is overwritten,
 * and one suspicion is enough.
 */
export async function markSuspicious(
  store: Store,
  layout: StoreLayout,
  id: string,
  base: string,
  findings: readonly Suspicion[],
): Promise<void> {
  try {
    await store.putDocument(layout.suspicion(id), recordText({ at: new Date(), base, findings }));
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
  }
}

/** Why a recovery point is suspicious; undefined where it is not. */
export async function readSuspicion(store: Store, layout: StoreLayout, id: string): Promise<SuspicionRecord | undefined> {
  return await readRecord(store, layout.suspicion(id), recordSchema);
}
