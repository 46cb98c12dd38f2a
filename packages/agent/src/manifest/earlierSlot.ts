import { isRecoveryPointId, parseRecoveryPointId, type StoreLayout } from "@pgkeep/core";
import type { RunIdentity } from "../configuration/runIdentity.js";
import type { Store } from "../store/Store.js";

/**
 * The identity of a run whose slot nobody told: with the slot under which an earlier attempt at it committed, where one did. So every attempt at a
 * Job that was made by hand finds what the first committed, as those of a CronJob do by the slot in the Job's name.
 */
export async function earlierSlot(identity: RunIdentity, store: Store, layout: StoreLayout): Promise<RunIdentity> {
  if (identity.slotIsBeginning !== true) return identity;
  for await (const { key } of store.list(layout.manifests)) {
    const id = key.slice(layout.manifests.length).replace(/\.json$/, "");
    if (!isRecoveryPointId(id) || key !== layout.manifest(id)) continue;
    const { slot, run } = parseRecoveryPointId(id);
    if (run === identity.run) return { ...identity, slot };
  }
  return identity;
}
