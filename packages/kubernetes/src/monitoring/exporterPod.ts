import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { storePortOf } from "../agentPod/agentConfiguration.js";
import type { AgentNetwork } from "../agentPod/agentNetworkPolicies.js";
import { agentPodSpec } from "../agentPod/agentPodSpec.js";
import type { BackupMonitoringArgs } from "./BackupMonitoringArgs.js";
import { exporterLabels, METRICS_PORT, METRICS_PORT_NAME } from "./backupMonitoringDefaults.js";
import type { SettledMonitoring } from "./settleBackupMonitoring.js";

/** It holds nothing that would have to end in order. */
const GRACE_SECONDS = 10;
/** Without `host`, which Pod Security refuses. Not of the store: a Pod that is ended because its store is away could not tell so. */
const ALIVE = { httpGet: { path: "/healthz", port: METRICS_PORT_NAME }, timeoutSeconds: 5 };

/** What the exporter's Pod is, all but its metadata. */
export function exporterPodSpec(
  args: BackupMonitoringArgs,
  settled: SettledMonitoring,
  serviceAccountName: pulumi.Input<string>,
): kubernetes.types.input.core.v1.PodSpec {
  return agentPodSpec(args, {
    component: "BackupMonitoring",
    name: settled.name,
    labels: exporterLabels(settled.name),
    command: ["metrics", "--listen", pulumi.interpolate`${settled.listenAddress}:${METRICS_PORT}`, "--refresh", settled.refresh],
    configuration: settled.config.apply((config) => JSON.stringify(config)),
    image: settled.image,
    resources: settled.resources,
    serviceAccountName,
    restartPolicy: "Always",
    graceSeconds: GRACE_SECONDS,
    container: {
      ports: [{ name: METRICS_PORT_NAME, containerPort: METRICS_PORT, protocol: "TCP" }],
      startupProbe: { ...ALIVE, periodSeconds: 2, failureThreshold: 60 },
      readinessProbe: { ...ALIVE, periodSeconds: 10, failureThreshold: 3 },
      livenessProbe: { ...ALIVE, periodSeconds: 20, failureThreshold: 3 },
    },
  });
}

/** Who scrapes it, and what it speaks to. */
export function exporterNetwork(args: BackupMonitoringArgs, settled: SettledMonitoring): AgentNetwork {
  const { namespace, network = {} } = args;
  return {
    labels: exporterLabels(settled.name),
    namespace,
    network,
    storePort: network.storePort ?? settled.config.apply(storePortOf),
    incoming: { port: METRICS_PORT, pods: network.prometheusPods },
  };
}
