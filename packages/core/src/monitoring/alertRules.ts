import { type AlertScope, BACKUP_ALERTS } from "./backupAlerts.js";

/** What somebody wants otherwise of an alert. */
export interface AlertChange {
  enabled?: boolean;
  severity?: string;
  /** As Prometheus writes durations, for example `15m`. */
  for?: string;
}

/** Which alert rules are made, and what they bear. */
export interface AlertRuleOptions extends Partial<AlertScope> {
  /** By the names of alerts. */
  changes?: Readonly<Record<string, AlertChange>>;
  /** Further labels of every alert, for example a team's. */
  alertLabels?: Readonly<Record<string, string>>;
  /** For the annotation `runbook_url`; `{alert}` in it is the alert's name. */
  runbookUrl?: string;
}

/** A rule as a rule file of Prometheus has it. */
export interface AlertRule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Alert rules for Prometheus, also those that `pgkeep metrics --rules` prints. */
export function backupAlertRules(options: AlertRuleOptions = {}): AlertRule[] {
  const { labels = {}, exporter, changes = {}, alertLabels = {}, runbookUrl } = options;
  const scope: AlertScope = { labels, ...(exporter === undefined ? {} : { exporter }) };
  return BACKUP_ALERTS.filter(({ alert, ofExporter }) => changes[alert]?.enabled !== false && (!ofExporter || exporter !== undefined)).map(
    (one) => ({
      alert: one.alert,
      expr: one.expr(scope),
      for: changes[one.alert]?.for ?? one.for,
      // Whose exporter it is stands in no label of `up`.
      labels: { ...(one.ofExporter ? labels : {}), ...alertLabels, severity: changes[one.alert]?.severity ?? one.severity },
      annotations: {
        summary: one.summary,
        description: one.description,
        ...(runbookUrl === undefined ? {} : { runbook_url: runbookUrl.replaceAll("{alert}", one.alert) }),
      },
    }),
  );
}

/** What a rule file of Prometheus holds. */
export function alertRuleFile(rules: readonly AlertRule[], group = "pgkeep"): { groups: { name: string; rules: AlertRule[] }[] } {
  return { groups: [{ name: group, rules: [...rules] }] };
}

/** Names of all alerts, for whoever changes one. */
export const BACKUP_ALERT_NAMES: readonly string[] = BACKUP_ALERTS.map(({ alert }) => alert);

/** Whether Prometheus reads a text as a duration: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file */
export function isPrometheusDuration(text: string): boolean {
  return /^(?=.)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/.test(text) || text === "0";
}
