import { type AgentConfigInput, parseDuration } from "@pgkeep/core";
import { MONITORING_DEFAULTS } from "./backupMonitoringDefaults.js";

/** What recovery points are held against, and whether somebody said so. */
export interface MonitoredObjectives {
  rpo: string;
  provenWithin: string;
  /** Those that nothing said. */
  assumed: readonly ("rpo" | "provenWithin")[];
}

/** The arguments win over the configuration, and silence is no way to be without a target. */
export function monitoredObjectives(
  config: AgentConfigInput,
  given: { rpo?: string | undefined; provenWithin?: string | undefined },
): MonitoredObjectives {
  const rpo = given.rpo ?? config.objectives?.rpo;
  const provenWithin = given.provenWithin ?? config.objectives?.provenWithin;
  return {
    rpo: rpo ?? MONITORING_DEFAULTS.rpo,
    provenWithin: provenWithin ?? MONITORING_DEFAULTS.provenWithin,
    assumed: [...(rpo === undefined ? (["rpo"] as const) : []), ...(provenWithin === undefined ? (["provenWithin"] as const) : [])],
  };
}

/** What of a configuration the exporter reads: nothing of the server and of how dumps are made, so that a change of those does not restart it. */
export function exporterConfiguration(config: AgentConfigInput, { rpo, provenWithin }: MonitoredObjectives): AgentConfigInput {
  const { version, cluster, databases, store, signing, retention, schedule } = config;
  return {
    version,
    cluster,
    databases,
    store,
    ...(signing === undefined ? {} : { signing }),
    ...(retention === undefined ? {} : { retention }),
    objectives: { rpo, provenWithin },
    ...(schedule === undefined ? {} : { schedule }),
  };
}

export function periodSeconds(period: string): number {
  return parseDuration(period) / 1000;
}
