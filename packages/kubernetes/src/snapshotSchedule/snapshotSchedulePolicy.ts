import { withoutAbsent } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import type { AgentNetwork } from "../agentPod/agentNetworkPolicies.js";
import { AGENT_POD_DEFAULTS } from "../agentPod/agentPodDefaults.js";
import { networkTexts, secretText } from "../agentPod/describeAgentPod.js";
import { type DescribedSnapshotSchedule, describeSnapshotSchedule } from "./describeSnapshotSchedule.js";
import type { SnapshotScheduleArgs } from "./SnapshotScheduleArgs.js";
import type { SettledSnapshotSchedule } from "./settleSnapshotSchedule.js";
import { snapshotLabels, usualRetries } from "./snapshotScheduleDefaults.js";

/** Whom a schedule's Pods speak to. */
export function snapshotNetwork(scheduleName: string, { namespace, network = {} }: SnapshotScheduleArgs): AgentNetwork {
  return {
    labels: snapshotLabels(scheduleName),
    namespace,
    network,
    apiServer: { ports: network.apiServerPorts ?? [...AGENT_POD_DEFAULTS.apiServerPorts], cidrs: network.apiServerCidrs },
  };
}

/** The declaration in words, as soon as its values are known. */
export function snapshotSchedulePolicy(args: SnapshotScheduleArgs, settled: SettledSnapshotSchedule): pulumi.Output<string> {
  const { secrets = {} } = args;
  const { keepFailed: _, expireRetained: __, ...rules } = args.retention ?? {};
  const values = {
    config: settled.config,
    rules: (withoutAbsent(rules) ?? {}) as Record<string, unknown>,
    schedule: args.schedule,
    times: settled.times,
    suspended: args.suspend ?? false,
    startingDeadlineSeconds: settled.startingDeadlineSeconds,
    activeDeadlineSeconds: settled.activeDeadlineSeconds,
    retries: args.retries ?? usualRetries(args.mode),
    watchdogMinutes: settled.watchdogMinutes,
    rights: settled.rights,
    roles: args.roles ?? true,
    secrets: pulumi.all(Object.entries(secrets).map(([name, secret]) => secretText(`${name} from Secret`, secret))),
    network: networkTexts(snapshotNetwork(settled.name, args)),
    image: settled.image,
    resources: settled.resources,
    serviceAccount: args.serviceAccountName ?? settled.name,
  };
  return pulumi.output(values).apply((known) => describeSnapshotSchedule(known as DescribedSnapshotSchedule));
}
