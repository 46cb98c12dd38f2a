import { type MetricLabels, metricSelector } from "./metricSelector.js";

/** What alert rules are about. */
export interface AlertScope {
  /** Labels of the metrics that are meant. Without any, of all clusters that are told of. */
  labels: MetricLabels;
  /** Labels of Prometheus' own `up` for what is scraped, where that is known. */
  exporter?: MetricLabels;
}

/** How bad an alert is. */
export type AlertSeverity = "critical" | "warning";

/** An alert as it is where nobody wants it otherwise. */
export interface BackupAlert {
  alert: string;
  expr: (scope: AlertScope) => string;
  for: string;
  severity: AlertSeverity;
  summary: string;
  description: string;
  /** Of what is scraped, and not of recovery points: it needs `exporter`. */
  ofExporter?: true;
}

const CLUSTER = "{{ $labels.postgres_cluster }}";
const newest = ({ labels }: AlertScope, state: string) => metricSelector("pgkeep_newest_data_timestamp_seconds", labels, { state });

/**
 * Alerts about the age of recovery points, never about the status of a job: a job that does not run at all fails nowhere. A timestamp is 0 where there is
 * none, so that no age is ever missing.
 */
export const BACKUP_ALERTS: readonly BackupAlert[] = [
  {
    alert: "PgkeepRecoveryPointTooOld",
    expr: (scope) => `time() - ${newest(scope, "good")} > ignoring (state) ${metricSelector("pgkeep_objective_rpo_seconds", scope.labels)}`,
    for: "5m",
    severity: "critical",
    summary: `${CLUSTER}: the newest good recovery point is older than the RPO allows`,
    description: "Its data is {{ $value | humanizeDuration }} old. Run pgkeep status, then pgkeep backup.",
  },
  {
    alert: "PgkeepNotProven",
    expr: ({ labels }) => notProven(labels),
    for: "5m",
    severity: "critical",
    summary: `${CLUSTER}: no drill passed within objectives.provenWithin`,
    description: "Nobody knows whether the backups restore, and retention has stopped. Run pgkeep drill latest.",
  },
  {
    alert: "PgkeepProvenPointTooOld",
    // A drill of the newest is at most provenWithin ago, and what it restored was at most an RPO old. Drills of ever the same one pass, too.
    expr: (scope) =>
      `(time() - ${newest(scope, "proven")} > ignoring (state) (${metricSelector("pgkeep_objective_proven_within_seconds", scope.labels)} + ${metricSelector("pgkeep_objective_rpo_seconds", scope.labels)})) unless ignoring (state) (${notProven(scope.labels)})`,
    for: "5m",
    severity: "critical",
    summary: `${CLUSTER}: drills pass, but of a recovery point that is too old`,
    description: "The newest data that is known to restore is {{ $value | humanizeDuration }} old. Run pgkeep drill latest.",
  },
  {
    alert: "PgkeepDrillFailed",
    expr: ({ labels }) => `${metricSelector("pgkeep_last_drill_verdict", labels, { verdict: "FAIL" })} == 1`,
    for: "0m",
    severity: "critical",
    summary: `${CLUSTER}: the last drill found a difference`,
    description: "What was restored is not what was backed up. Run pgkeep drill latest and read what it names.",
  },
  {
    alert: "PgkeepDrillCouldNotVerify",
    expr: ({ labels }) => `${metricSelector("pgkeep_last_drill_verdict", labels, { verdict: "COULD_NOT_VERIFY" })} == 1`,
    for: "0m",
    severity: "warning",
    summary: `${CLUSTER}: the last drill could not compare everything`,
    description: "That is no proof. Run pgkeep drill latest --dry-run.",
  },
  {
    alert: "PgkeepSuspicious",
    expr: ({ labels }) => `${metricSelector("pgkeep_newest_suspicious", labels)} == 1`,
    for: "0m",
    severity: "warning",
    summary: `${CLUSTER}: the newest recovery point is suspicious`,
    description:
      "It differs much from the one before, and retention has stopped. Look at it with pgkeep show, then accept it or mend the database.",
  },
  {
    alert: "PgkeepManifestUnreadable",
    expr: ({ labels }) => `${metricSelector("pgkeep_unreadable_manifests", labels)} > 0`,
    for: "0m",
    severity: "critical",
    summary: `${CLUSTER}: a manifest cannot be read`,
    description: "A recovery point was damaged or forged, or written by a newer pgkeep. Run pgkeep status.",
  },
  {
    alert: "PgkeepMetricsStale",
    expr: ({ labels }) =>
      `${metricSelector("pgkeep_up", labels)} == 0 or time() - ${metricSelector("pgkeep_status_timestamp_seconds", labels)} > 7200`,
    for: "15m",
    severity: "warning",
    summary: `${CLUSTER}: the store was not read lately`,
    description: "These metrics are old. Ages are still told rightly, but nothing new is seen. Run pgkeep status where they come from.",
  },
  {
    alert: "PgkeepMetricsMissing",
    // One alert, whichever is missing: both go together where nothing is scraped.
    expr: (scope) => `max without (state) (absent(${newest(scope, "good")}) or absent(${newest(scope, "proven")}))`,
    for: "15m",
    severity: "critical",
    summary: "{{ with $labels.postgres_cluster }}{{ . }}: {{ end }}nobody tells how the backups stand",
    description: "No age of a recovery point is scraped, so none of the other rules can fire.",
  },
  {
    alert: "PgkeepExporterDown",
    expr: ({ exporter = {} }) => `${metricSelector("up", exporter)} == 0`,
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.namespace }}/{{ $labels.job }}: the exporter of the backups cannot be scraped",
    description: "Until it can, nobody sees how old the recovery points grow. Look at its Pod.",
    ofExporter: true,
  },
  {
    alert: "PgkeepNoTarget",
    expr: ({ labels }) =>
      `${metricSelector("pgkeep_status_timestamp_seconds", labels)} unless ${metricSelector("pgkeep_objective_rpo_seconds", labels)}`,
    for: "15m",
    severity: "warning",
    summary: `${CLUSTER}: objectives.rpo is not set`,
    description: "However old the recovery points grow, no rule will say so. Set objectives.rpo in pgkeep.yaml.",
  },
];

function notProven(labels: MetricLabels): string {
  return `time() - ${metricSelector("pgkeep_last_proof_timestamp_seconds", labels)} > ${metricSelector("pgkeep_objective_proven_within_seconds", labels)}`;
}
