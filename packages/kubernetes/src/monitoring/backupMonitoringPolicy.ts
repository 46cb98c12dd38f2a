import * as pulumi from "@pulumi/pulumi";
import { networkTexts, secretText } from "../agentPod/describeAgentPod.js";
import type { BackupMonitoringArgs } from "./BackupMonitoringArgs.js";
import { describeBackupMonitoring } from "./describeBackupMonitoring.js";
import { exporterNetwork } from "./exporterPod.js";
import type { SettledMonitoring } from "./settleBackupMonitoring.js";

/** The declaration in words, as soon as its values are known. */
export function backupMonitoringPolicy(args: BackupMonitoringArgs, settled: SettledMonitoring): pulumi.Output<string> {
  const { secrets = {}, dashboard, serviceMonitor = true, prometheusRule = true } = args;
  const place =
    dashboard &&
    pulumi.output({ namespace: dashboard.namespace ?? args.namespace, labels: dashboard.labels ?? { grafana_dashboard: "1" } });
  return pulumi
    .all([
      pulumi.all([args.namespace, settled.config, settled.objectives, settled.refresh, settled.scrapeInterval]),
      pulumi.all([args.prometheusLabels ?? {}, settled.rules, args.alerts ?? {}, place]),
      pulumi.all(Object.entries(secrets).map(([name, secret]) => secretText(`${name} from Secret`, secret))),
      networkTexts(exporterNetwork(args, settled)),
      pulumi.all([settled.image, settled.resources, args.serviceAccountName ?? settled.name]),
    ])
    .apply(
      ([
        [namespace, config, objectives, refresh, scrapeInterval],
        [prometheusLabels, rules, alerts, dashboardPlace],
        secretTexts,
        network,
        [image, resources, serviceAccount],
      ]) =>
        describeBackupMonitoring({
          name: settled.name,
          namespace,
          config: config as never,
          objectives,
          refresh,
          scrapeInterval,
          scraped: serviceMonitor,
          ruled: prometheusRule,
          prometheusLabels,
          rules,
          left: Object.entries(alerts).flatMap(([alert, { enabled }]) => (enabled === false ? [alert] : [])),
          dashboard: dashboardPlace,
          secrets: secretTexts,
          network,
          image,
          resources,
          serviceAccount,
        }),
    );
}
