import { type AgentConfigInput, type Problem, parseDeadline } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { settleConfiguration, storePortOf } from "../agentPod/agentConfiguration.js";
import { type AgentNetwork, isReachedByProxy } from "../agentPod/agentNetworkPolicies.js";
import { agentLabels } from "../agentPod/agentPodDefaults.js";
import { settleImages } from "../agentPod/settleImages.js";
import { type SettledResources, settleResources } from "../agentPod/settleResources.js";
import { argumentsError } from "../argumentsError.js";
import { configuredServer } from "../onceJob/configuredServer.js";
import { onceJobName } from "../onceJob/createOnceJob.js";
import { backupNeed, backupProblems, givenBackupProblems, PRE_DEPLOY_DEFAULTS } from "./backupConfiguration.js";
import type { PreDeployBackupArgs } from "./PreDeployBackupArgs.js";

/** The arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledPreDeployBackup {
  name: string;
  jobName: string;
  config: pulumi.Output<AgentConfigInput>;
  resources: pulumi.Output<SettledResources>;
  image: pulumi.Output<string>;
  /** Of the sidecars, in their order. */
  sidecarImages: pulumi.Output<string>[];
  waitForOther: pulumi.Output<string>;
  deadline: string;
  waits: boolean;
}

export function settlePreDeployBackup(name: string, args: PreDeployBackupArgs): SettledPreDeployBackup {
  const refuse = (problems: Problem[]) => {
    if (problems.length > 0) throw argumentsError("PreDeployBackup", name, problems);
  };
  const { jobName = name, deadline = PRE_DEPLOY_DEFAULTS.deadline } = args;
  const config = settleConfiguration("PreDeployBackup", name, args.configuration).apply((known) => {
    // The resources are judged by themselves, for some of them may come later than the configuration.
    refuse(backupProblems({ ...args, resources: {} }, known).filter(({ where }) => !where.startsWith("resources.")));
    return known;
  });
  return {
    name: jobName,
    jobName: onceJobName(jobName, args.deploymentKey),
    config,
    resources: settleResources(args.resources ?? {}, config.apply(backupNeed), refuse),
    ...settleImages(args, refuse),
    waitForOther: pulumi.output(args.waitForOther).apply((given) => {
      if (given !== undefined) {
        refuse(givenBackupProblems({ ...args, waitForOther: given }));
        return given;
      }
      // A short deadline leaves no time for more.
      const usual = parseDeadline(PRE_DEPLOY_DEFAULTS.waitForOther) ?? 0;
      return usual <= (parseDeadline(deadline) ?? 0) ? PRE_DEPLOY_DEFAULTS.waitForOther : deadline;
    }),
    deadline,
    waits: args.waitForCompletion ?? true,
  };
}

export function preDeployLabels(name: string): Record<string, string> {
  return agentLabels("pre-deploy", name);
}

/** Who the backup speaks to. */
export function preDeployNetwork(
  { namespace, network = {}, sidecars = [] }: PreDeployBackupArgs,
  { name, config }: SettledPreDeployBackup,
): AgentNetwork {
  const { databasePort, storePort } = network;
  return {
    labels: preDeployLabels(name),
    namespace,
    network,
    databasePort: isReachedByProxy(network, sidecars) ? undefined : (databasePort ?? config.apply((known) => configuredServer(known).port)),
    storePort: storePort ?? config.apply(storePortOf),
  };
}
