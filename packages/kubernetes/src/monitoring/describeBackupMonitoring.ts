import type { AgentConfigInput, AlertRule } from "@pgkeep/core";
import { imageText, resourcesText } from "../agentPod/describeAgentPod.js";
import type { SettledResources } from "../agentPod/settleResources.js";
import { METRICS_PORT } from "./backupMonitoringDefaults.js";
import type { MonitoredObjectives } from "./exporterConfiguration.js";

/** What of an exporter's values its description needs. */
export interface DescribedMonitoring {
  name: string;
  namespace: string;
  config: AgentConfigInput;
  objectives: MonitoredObjectives;
  refresh: string;
  scrapeInterval: string;
  /** Undefined where there is no ServiceMonitor, and no PrometheusRule. */
  scraped: boolean;
  ruled: boolean;
  prometheusLabels: Readonly<Record<string, string>>;
  rules: readonly AlertRule[];
  /** Alerts that somebody has turned off. */
  left: readonly string[];
  dashboard: { namespace: string; labels: Readonly<Record<string, string>> } | undefined;
  /** Variables and where they are read, `NAME from Secret SECRET (KEY)`. */
  secrets: readonly string[];
  network: readonly string[];
  image: string;
  resources: SettledResources;
  serviceAccount: string;
}

/** A monitoring in sentences, one a line, for whoever reviews a preview. The engine cuts lines at 150 characters. */
export function describeBackupMonitoring(monitoring: DescribedMonitoring): string {
  const { name, namespace, config, refresh } = monitoring;
  return [
    `${config.cluster}: how its recovery points stand is told at http://${name}.${namespace}.svc:${METRICS_PORT}/metrics, without a password`,
    `read from ${config.store.url} when somebody asks, at most once in ${refresh}; no database is reached, and nothing is written`,
    ...targets(monitoring),
    monitoring.scraped
      ? `scraped every ${monitoring.scrapeInterval} by each Prometheus that selects ServiceMonitors with ${labelsText(monitoring.prometheusLabels)}`
      : "NO ServiceMonitor: whoever scrapes it has to be told elsewhere",
    monitoring.ruled
      ? `alerts by a PrometheusRule, for each Prometheus that selects rules with ${labelsText(monitoring.prometheusLabels)}`
      : "NO PrometheusRule: the rules below are an output, and alert nobody by themselves",
    ...monitoring.rules.map(({ alert, labels, for: duration }) => `alert ${alert}: ${labels.severity}${waiting(duration)}`),
    ...(monitoring.left.length === 0 ? [] : [`alerts turned OFF: ${monitoring.left.join(", ")}`]),
    monitoring.dashboard === undefined
      ? "the dashboard is an output"
      : `dashboard in ConfigMap ${monitoring.dashboard.namespace}/${name}-dashboard with ${labelsText(monitoring.dashboard.labels)}`,
    ...monitoring.secrets.map((secret) => `reads ${secret} at each start; no value is copied`),
    ...monitoring.network,
    imageText(monitoring.image),
    resourcesText(monitoring.resources),
    `ServiceAccount ${namespace}/${monitoring.serviceAccount}, without a token of Kubernetes`,
  ].join("\n");
}

function targets({ objectives: { rpo, provenWithin, assumed } }: DescribedMonitoring): string[] {
  const unless = (name: "rpo" | "provenWithin") => (assumed.includes(name) ? ", by default" : "");
  return [
    `held against: the newest good recovery point is at most ${rpo} old${unless("rpo")}`,
    `held against: a drill passed within ${provenWithin}${unless("provenWithin")}`,
  ];
}

function waiting(duration: string): string {
  return /^0/.test(duration) ? ", at once" : `, after ${duration}`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return texts.length === 0 ? "no label in particular" : texts.join(",");
}
