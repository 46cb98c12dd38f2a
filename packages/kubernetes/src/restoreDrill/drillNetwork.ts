import type { AgentConfigInput } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";
import { storePortOf } from "../agentPod/agentConfiguration.js";
import type { AgentNetwork } from "../agentPod/agentNetworkPolicies.js";
import { DRILL_DEFAULTS, drillLabels, scratchOf } from "./drillDefaults.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";

/** Who a drill speaks to: the store, and a scratch server that is given. The server that is backed up is not needed. */
export function drillNetwork(cronJobName: string, args: KubernetesRestoreDrillArgs, config: pulumi.Output<AgentConfigInput>): AgentNetwork {
  const { namespace, network = {}, scratchConnection } = args;
  const given = scratchOf(args) === KubernetesDrillScratch.Given;
  return {
    labels: drillLabels(cronJobName),
    namespace,
    network,
    databasePort: given ? (network.databasePort ?? scratchConnection?.port ?? DRILL_DEFAULTS.databasePort) : undefined,
    storePort: network.storePort ?? config.apply(storePortOf),
  };
}
