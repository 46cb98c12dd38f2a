import { leastDrillMemory, mebibytes } from "@pgkeep/core";
import type { KubernetesDumpResourcesArgs } from "../agentPod/KubernetesPodArgs.js";
import type { MemoryNeed } from "../agentPod/settleResources.js";
import { DRILL_DEFAULTS, scratchOf } from "./drillDefaults.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";

const holdsServer = (args: Pick<KubernetesRestoreDrillArgs, "scratch">) => scratchOf(args) === KubernetesDrillScratch.Agent;

/** What the agent's container needs: with `scratch: agent` it holds the server too. */
export function drillMemoryNeed(args: Pick<KubernetesRestoreDrillArgs, "scratch">): MemoryNeed {
  const bytes = leastDrillMemory(holdsServer(args));
  return {
    bytes,
    text: mebibytes(bytes),
    reason: `a drill${holdsServer(args) ? " with its scratch server beside it" : ""} would be killed in its midst (exit code 137), and each try again after it`,
    next: "give it more",
  };
}

/** Its resources, of which more memory is the default where the server is in it. */
export function drillResources(args: Pick<KubernetesRestoreDrillArgs, "scratch" | "resources">): KubernetesDumpResourcesArgs {
  return holdsServer(args) ? { memoryLimit: DRILL_DEFAULTS.memoryWithServer, ...args.resources } : (args.resources ?? {});
}
