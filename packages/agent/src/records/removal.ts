import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode, ProblemError, type StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import { readRemoval } from "./tombstones.js";

/** How long a removal under way is waited for; it takes some seconds, unless the one who removes died. */
const PATIENCE_MILLISECONDS = 20_000;
const PAUSE_MILLISECONDS = 200;

/** Whether the removal of a recovery point has begun and did not end. */
export async function isBeingRemoved(store: Store, layout: StoreLayout, id: string): Promise<boolean> {
  return (await readRemoval(store, layout, id))?.kind === "began";
}

/** Refuses a recovery point that is gone, or whose removal has begun and does not end in a while. Waits for a removal that may yet give up. */
export async function assertNotRemoved(store: Store, layout: StoreLayout, id: string, patience = PATIENCE_MILLISECONDS): Promise<void> {
  const giveUpAt = Date.now() + patience;
  while (await isBeingRemoved(store, layout, id)) {
    if (Date.now() >= giveUpAt) {
      throw new ProblemError(ExitCode.TryAgain, {
        where: `recovery point ${id}`,
        reason: "its removal has begun, and whether it saw this record in time is not decided yet; the record stays and counts if it did",
        next: "look again with `pgkeep list`; where the one who removes died, the next `pgkeep retention apply` decides",
      });
    }
    await sleep(PAUSE_MILLISECONDS);
  }
  await assertExists(store, layout, id);
}

/** Refuses a recovery point that has no manifest. */
export async function assertExists(store: Store, layout: StoreLayout, id: string): Promise<void> {
  const key = layout.manifest(id);
  for await (const found of store.list(key)) if (found.key === key) return;
  throw new ProblemError(ExitCode.NoSuchRecoveryPoint, {
    where: "recovery point",
    received: id,
    reason: `${store.description} holds no manifest ${key}, so this recovery point does not exist, or not any more`,
    next: "run `pgkeep list` to see the recovery points that exist, `pgkeep list --deleted` for those that were only hidden",
  });
}
