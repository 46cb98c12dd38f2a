import { agentLabels } from "../agentPod/agentPodDefaults.js";
import type { MemoryNeed } from "../agentPod/settleResources.js";
import type { MonitoringResourcesArgs } from "./BackupMonitoringArgs.js";

/** What an exporter is where its arguments say nothing. */
export const MONITORING_DEFAULTS = {
  rpo: "26h",
  provenWithin: "35d",
  refresh: "5m",
  listenAddress: "0.0.0.0",
  scrapeInterval: "1m",
  memoryLimit: "256Mi",
  memoryRequest: "128Mi",
  cpuRequest: "10m",
  ephemeralStorageLimit: "64Mi",
  ephemeralStorageRequest: "16Mi",
} as const;

/** Where the exporter listens; the port that most exporters of PostgreSQL have. */
export const METRICS_PORT = 9187;
/** What the port is called, by which Service, probes and ServiceMonitor know it. */
export const METRICS_PORT_NAME = "metrics";

/** Of the rules, one that has nothing to say: an exporter of this component always tells its targets. */
export const NEEDLESS_ALERT = "PgkeepNoTarget";

export const EXPORTER_MEMORY: MemoryNeed = {
  bytes: 128 * 1024 ** 2,
  text: "128Mi",
  reason: "the exporter would be killed while it reads the store (exit code 137), and again after each start",
  next: "give it more",
};

/** Labels by which policies, Service and ServiceMonitor know the exporter. */
export function exporterLabels(exporterName: string): Record<string, string> {
  return agentLabels("exporter", exporterName);
}

/** The resources that are asked for. */
export function exporterResources(given: MonitoringResourcesArgs = {}): MonitoringResourcesArgs {
  const { memoryLimit = MONITORING_DEFAULTS.memoryLimit, cpuRequest = MONITORING_DEFAULTS.cpuRequest } = given;
  const { ephemeralStorageLimit = MONITORING_DEFAULTS.ephemeralStorageLimit } = given;
  const { ephemeralStorageRequest = MONITORING_DEFAULTS.ephemeralStorageRequest } = given;
  const memoryRequest = given.memoryRequest ?? given.memoryLimit ?? MONITORING_DEFAULTS.memoryRequest;
  return { memoryLimit, memoryRequest, cpuRequest, ephemeralStorageLimit, ephemeralStorageRequest };
}
