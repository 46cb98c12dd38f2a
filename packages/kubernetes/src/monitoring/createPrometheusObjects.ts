import { alertRuleFile } from "@pgkeep/core";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { BackupMonitoringArgs } from "./BackupMonitoringArgs.js";
import { exporterLabels, METRICS_PORT_NAME } from "./backupMonitoringDefaults.js";
import type { SettledMonitoring } from "./settleBackupMonitoring.js";

const API_VERSION = "monitoring.coreos.com/v1";
/** More than the exporter's patience with its store. At most the interval, or Prometheus refuses the target. */
const SCRAPE_TIMEOUT = "10s";

interface Metadata {
  name: string;
  namespace: pulumi.Input<string>;
  labels: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Children `NAME-monitor` and `NAME-rules`, of the Prometheus operator, and `NAME-dashboard`, for the sidecar of Grafana. */
export function createPrometheusObjects(
  parent: pulumi.ComponentResource,
  name: string,
  metadata: Metadata,
  args: BackupMonitoringArgs,
  settled: SettledMonitoring,
): void {
  const { serviceMonitor = true, prometheusRule = true, prometheusLabels = {}, dashboard } = args;
  const found = pulumi.all([metadata.labels, prometheusLabels]).apply(([own, theirs]) => ({ ...own, ...theirs }));
  if (serviceMonitor) {
    const endpoint = { port: METRICS_PORT_NAME, path: "/metrics", interval: settled.scrapeInterval, scrapeTimeout: SCRAPE_TIMEOUT };
    const spec = { selector: { matchLabels: exporterLabels(settled.name) }, endpoints: [endpoint] };
    customResource(parent, `${name}-monitor`, "ServiceMonitor", { ...metadata, labels: found }, spec);
  }
  if (prometheusRule) {
    customResource(
      parent,
      `${name}-rules`,
      "PrometheusRule",
      { ...metadata, labels: found },
      settled.rules.apply((rules) => alertRuleFile(rules)),
    );
  }
  if (dashboard === undefined) return;
  const { labels = { grafana_dashboard: "1" }, annotations, namespace = metadata.namespace } = dashboard;
  new kubernetes.core.v1.ConfigMap(
    `${name}-dashboard`,
    {
      metadata: {
        name: `${metadata.name}-dashboard`,
        namespace,
        labels: pulumi.all([metadata.labels, labels]).apply(([own, theirs]) => ({ ...own, ...theirs })),
        ...(annotations === undefined ? {} : { annotations }),
      },
      // Files of all ConfigMaps may lie in one folder.
      data: { [`${metadata.name}.json`]: settled.dashboardJson },
    },
    { parent },
  );
}

function customResource(
  parent: pulumi.ComponentResource,
  name: string,
  kind: string,
  metadata: Metadata,
  spec: pulumi.Input<Record<string, unknown>>,
): void {
  new kubernetes.apiextensions.CustomResource(name, { apiVersion: API_VERSION, kind, metadata, spec }, { parent });
}
