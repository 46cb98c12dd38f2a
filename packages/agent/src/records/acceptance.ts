import { ExitCode, ProblemError, type StoreLayout } from "@pgkeep/core";
import { z } from "zod";
import { assertCreateOnly } from "../store/assertCreateOnly.js";
import { ObjectExistsError, type Store } from "../store/Store.js";
import { readRecord } from "./readRecord.js";
import { recordText } from "./recordText.js";
import { assertExists, assertNotRemoved } from "./removal.js";
import { readSuspicion, type SuspicionRecord } from "./suspicion.js";

const recordSchema = z.object({ at: z.coerce.date(), reason: z.string(), by: z.string() });

/** That somebody accepted a suspicious recovery point, and why. */
export type AcceptanceRecord = z.infer<typeof recordSchema>;

/**
 * Accepts a suspicious recovery point: from now on it counts for retention, and the next backups are compared with it. Cannot be taken back. Returns
 * what was suspicious. Refuses a recovery point that is not suspicious, or was accepted already.
 */
export async function acceptRecoveryPoint(
  store: Store,
  layout: StoreLayout,
  { id, reason, by }: { id: string; reason: string; by: string },
): Promise<SuspicionRecord> {
  await assertExists(store, layout, id);
  const suspicion = await readSuspicion(store, layout, id);
  if (!suspicion) {
    throw new ProblemError(ExitCode.Usage, {
      where: `recovery point ${id}`,
      reason: "it is not suspicious, so there is nothing to accept",
      next: "run `pgkeep list` to see which ones are",
    });
  }
  try {
    await store.putDocument(layout.acceptance(id), recordText({ at: new Date(), reason, by }));
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
    const before = await readAcceptance(store, layout, id);
    throw new ProblemError(ExitCode.Usage, {
      where: `recovery point ${id}`,
      reason: `it was accepted already${before ? `, by ${before.by} at ${before.at.toISOString()}: ${before.reason}` : ""}`,
      next: "nothing: it counts as good",
    });
  }
  // For ever and by one: a store that overwrites could let a second one take its place.
  await assertCreateOnly(store, layout.acceptance(id));
  await assertNotRemoved(store, layout, id);
  return suspicion;
}

/** Who accepted a suspicious recovery point; undefined where nobody did. */
export async function readAcceptance(store: Store, layout: StoreLayout, id: string): Promise<AcceptanceRecord | undefined> {
  return await readRecord(store, layout.acceptance(id), recordSchema);
}
