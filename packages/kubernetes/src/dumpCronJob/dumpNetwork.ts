import * as pulumi from "@pulumi/pulumi";
import { type AgentNetwork, endpointPort, isReachedByProxy } from "../agentPod/agentNetworkPolicies.js";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { DUMP_CRON_JOB_DEFAULTS, dumpLabels } from "./dumpCronJobDefaults.js";

/** Who a dump speaks to. */
export function dumpNetwork(cronJobName: string, args: DumpCronJobArgs): AgentNetwork {
  const { namespace, network = {}, server, store, sidecars = [] } = args;
  return {
    labels: dumpLabels(cronJobName),
    namespace,
    network,
    databasePort: isReachedByProxy(network, sidecars)
      ? undefined
      : (network.databasePort ?? server.port ?? DUMP_CRON_JOB_DEFAULTS.databasePort),
    storePort: network.storePort ?? pulumi.output(store.endpoint).apply(endpointPort),
  };
}
