import { argumentProblems, BACKUP_ALERT_NAMES, type Problem } from "@pgkeep/core";
import { knownConfigurationProblems } from "../agentPod/agentConfiguration.js";
import { eachPlaceOnce } from "../agentPod/agentPodDefaults.js";
import { agentPodProblems } from "../agentPod/agentPodProblems.js";
import { knownResourceProblems } from "../agentPod/settleResources.js";
import type { BackupMonitoringArgs } from "./BackupMonitoringArgs.js";
import { EXPORTER_MEMORY, exporterResources } from "./backupMonitoringDefaults.js";
import { backupMonitoringSchema } from "./backupMonitoringSchema.js";

/** Everything that is wrong with the arguments, as far as they are known before the deployment. */
export function backupMonitoringProblems(name: string, args: BackupMonitoringArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(backupMonitoringSchema, args);
  if (!wellFormed) return problems;
  const further = [
    ...nameProblems(name, args),
    ...agentPodProblems(args),
    ...operatorProblems(args),
    ...alertProblems(args),
    ...knownResourceProblems(exporterResources(args.resources), EXPORTER_MEMORY),
    ...knownConfigurationProblems("configuration", args.configuration),
  ];
  return eachPlaceOnce(problems, further);
}

/** A Service is a name of DNS, which says least of all names here (https://kubernetes.io/docs/concepts/services-networking/service/). */
function nameProblems(name: string, { exporterName = name }: BackupMonitoringArgs): Problem[] {
  if (/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(exporterName)) return [];
  return [
    {
      where: "exporterName",
      received: JSON.stringify(exporterName),
      allowed: "lower-case letters, digits and hyphens, beginning with a letter, at most 63",
      reason: "the Service would be called so, and Kubernetes takes no Service of such a name",
      ...(exporterName === name ? { next: "give another exporterName: it defaults to the component's own name" } : {}),
    },
  ];
}

/** What is said of objects that are not made. */
function operatorProblems({ serviceMonitor = true, prometheusRule = true, ...args }: BackupMonitoringArgs): Problem[] {
  const needless = (where: string, without: string): Problem => {
    return { where, reason: `${without} is false, so this would do nothing`, next: "remove one of the two" };
  };
  return [
    ...(args.scrapeInterval !== undefined && !serviceMonitor ? [needless("scrapeInterval", "serviceMonitor")] : []),
    ...(args.prometheusLabels !== undefined && !serviceMonitor && !prometheusRule
      ? [{ ...needless("prometheusLabels", "serviceMonitor and prometheusRule"), reason: "no object is made that would bear them" }]
      : []),
  ];
}

function alertProblems({ alerts = {} }: BackupMonitoringArgs): Problem[] {
  return Object.keys(alerts).flatMap((alert): Problem[] =>
    BACKUP_ALERT_NAMES.includes(alert)
      ? []
      : [{ where: `alerts.${alert}`, reason: "there is no such alert", allowed: BACKUP_ALERT_NAMES.join(", ") }],
  );
}
