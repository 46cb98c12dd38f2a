import { chooseStore } from "../configuration/chooseStore.js";
import { whoAmI } from "../records/whoAmI.js";
import { applyRetention } from "../retention/applyRetention.js";
import { loadPolicy } from "../retention/loadPolicy.js";
import { retentionFacts } from "../retention/retentionFacts.js";
import { openStore } from "../store/openStore.js";
import { prunedPlaces } from "./configuredSchedules.js";
import type { TaskSurroundings } from "./configuredTasks.js";
import { eachInTurn } from "./eachInTurn.js";
import type { ScheduledTask } from "./ScheduledTask.js";

/** `pgkeep retention apply --yes` for a slot, in the store and in each copy that has a retention of its own. */
export function retentionTask({ config, environment }: TaskSurroundings): ScheduledTask["run"] {
  return ({ reporter, signal }) =>
    eachInTurn(prunedPlaces(config), signal, async (copy) => {
      const chosen = chooseStore(config, copy, environment);
      const store = await openStore(chosen.config.store, chosen.environment);
      try {
        const policy = await loadPolicy(chosen.config, undefined, "/");
        const result = await applyRetention({ config: chosen.config, policy, store, by: whoAmI(environment), reporter, signal });
        const facts = retentionFacts(result);
        return copy === undefined ? facts : { ...facts, summary: `${copy}: ${facts.summary}` };
      } finally {
        await store.close();
      }
    });
}
