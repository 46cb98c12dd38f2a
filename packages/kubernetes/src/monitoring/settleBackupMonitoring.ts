import { createHash } from "node:crypto";
import {
  type AgentConfigInput,
  type AlertChange,
  type AlertRule,
  argumentProblems,
  backupAlertRules,
  backupDashboard,
  type Problem,
} from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { settleConfiguration } from "../agentPod/agentConfiguration.js";
import { settleImage } from "../agentPod/settleImages.js";
import { type SettledResources, settleResources } from "../agentPod/settleResources.js";
import { argumentsError } from "../argumentsError.js";
import type { BackupMonitoringArgs } from "./BackupMonitoringArgs.js";
import { EXPORTER_MEMORY, exporterResources, MONITORING_DEFAULTS, NEEDLESS_ALERT } from "./backupMonitoringDefaults.js";
import { backupMonitoringSchema } from "./backupMonitoringSchema.js";
import { exporterConfiguration, type MonitoredObjectives, monitoredObjectives, periodSeconds } from "./exporterConfiguration.js";

/** An exporter's arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledMonitoring {
  name: string;
  /** The exporter's own. */
  config: pulumi.Output<AgentConfigInput>;
  objectives: pulumi.Output<MonitoredObjectives>;
  refresh: pulumi.Output<string>;
  listenAddress: pulumi.Output<string>;
  scrapeInterval: pulumi.Output<string>;
  image: pulumi.Output<string>;
  resources: pulumi.Output<SettledResources>;
  rules: pulumi.Output<AlertRule[]>;
  dashboardJson: pulumi.Output<string>;
}

export function settleBackupMonitoring(name: string, args: BackupMonitoringArgs): SettledMonitoring {
  const refuse = (problems: Problem[]) => {
    if (problems.length > 0) throw argumentsError("BackupMonitoring", name, problems);
  };
  const judge = <Value>(argument: string, known: Value): Value => {
    const schema = backupMonitoringSchema.pick({ [argument]: true } as never);
    refuse(argumentProblems(schema, known === undefined ? {} : { [argument]: known }).problems);
    return known;
  };
  const judged = (argument: "rpo" | "provenWithin" | "refresh" | "listenAddress" | "scrapeInterval" | "runbookUrl") =>
    pulumi.output(args[argument]).apply((known) => judge(argument, known));
  const exporterName = args.exporterName ?? name;
  const given = settleConfiguration("BackupMonitoring", name, args.configuration);
  const objectives = pulumi
    .all([given, judged("rpo"), judged("provenWithin")])
    .apply(([config, rpo, provenWithin]) => monitoredObjectives(config as AgentConfigInput, { rpo, provenWithin }));
  const config = pulumi.all([given, objectives]).apply(([whole, targets]) => exporterConfiguration(whole as AgentConfigInput, targets));
  const scope = pulumi.all([config, args.namespace]).apply(([{ cluster }, namespace]) => scopeOf(exporterName, cluster, namespace, args));
  return {
    name: exporterName,
    config: config as pulumi.Output<AgentConfigInput>,
    objectives,
    refresh: judged("refresh").apply((known) => known ?? MONITORING_DEFAULTS.refresh),
    listenAddress: judged("listenAddress").apply((known) => known ?? MONITORING_DEFAULTS.listenAddress),
    scrapeInterval: judged("scrapeInterval").apply((known) => known ?? MONITORING_DEFAULTS.scrapeInterval),
    image: settleImage("image", args.image, args.allowImageTag, refuse),
    resources: settleResources(exporterResources(args.resources), EXPORTER_MEMORY, refuse),
    rules: pulumi
      .all([scope, pulumi.output(args.alerts).apply((known) => judge("alerts", known)), args.alertLabels, judged("runbookUrl")])
      .apply(([known, alerts = {}, alertLabels, runbookUrl]) =>
        backupAlertRules({
          ...known,
          changes: { ...(alerts as Record<string, AlertChange>), [NEEDLESS_ALERT]: { enabled: false } },
          ...(alertLabels === undefined ? {} : { alertLabels }),
          ...(runbookUrl === undefined ? {} : { runbookUrl }),
        }),
      ),
    dashboardJson: pulumi.all([scope, config, objectives, args.namespace]).apply(([{ labels }, { cluster }, targets, namespace]) =>
      JSON.stringify(
        backupDashboard({
          cluster,
          labels,
          // The same dashboard after a change of anything but these.
          uid: `pgkeep-${createHash("sha256").update(`${namespace}/${exporterName}`).digest("hex").slice(0, 16)}`,
          rpoSeconds: periodSeconds(targets.rpo),
          provenWithinSeconds: periodSeconds(targets.provenWithin),
        }),
      ),
    ),
  };
}

/** The namespace is a label that a ServiceMonitor gives; whoever scrapes otherwise may give none. */
function scopeOf(exporterName: string, cluster: string, namespace: string, { serviceMonitor = true }: BackupMonitoringArgs) {
  if (!serviceMonitor) return { labels: { postgres_cluster: cluster } };
  return { labels: { postgres_cluster: cluster, namespace }, exporter: { job: exporterName, namespace } };
}
