import { whoAmI } from "../records/whoAmI.js";
import { applyRetention } from "../retention/applyRetention.js";
import { loadPolicy } from "../retention/loadPolicy.js";
import { retentionExit } from "../retention/retentionExit.js";
import { retentionFacts } from "../retention/retentionFacts.js";
import type { TaskSurroundings } from "./configuredTasks.js";
import type { ScheduledTask } from "./ScheduledTask.js";

/** `pgkeep retention apply --yes` for a slot. */
export function retentionTask({ config, store, environment }: TaskSurroundings): ScheduledTask["run"] {
  return async ({ reporter, signal }) => {
    const policy = await loadPolicy(config, undefined, "/");
    const result = await applyRetention({ config, policy, store, by: whoAmI(environment), reporter, signal });
    const facts = retentionFacts(result);
    return { ...facts, summary: facts.summary ?? "", exitCode: retentionExit(result.plan) };
  };
}
