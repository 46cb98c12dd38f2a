import { stringify } from "yaml";

/**
 * Alert rules for Prometheus, as YAML. They are about the age of recovery points, never about the status of a job: a job that does not run at all
 * fails nowhere. A timestamp is 0 where there is none, so that no age is ever missing.
 */
export function alertRules(): string {
  return stringify({ groups: [{ name: "pgkeep", rules: RULES.map(rule) }] }, { lineWidth: 0 });
}

interface Rule {
  alert: string;
  expr: string;
  for: string;
  severity: "critical" | "warning";
  summary: string;
  description: string;
}

function rule({ severity, summary, description, ...rest }: Rule): object {
  return { ...rest, labels: { severity }, annotations: { summary, description } };
}

const RULES: Rule[] = [
  {
    alert: "PgkeepRecoveryPointTooOld",
    expr: 'time() - pgkeep_newest_data_timestamp_seconds{state="good"} > ignoring (state) pgkeep_objective_rpo_seconds',
    for: "5m",
    severity: "critical",
    summary: "{{ $labels.postgres_cluster }}: the newest good recovery point is older than the RPO allows",
    description: "Its data is {{ $value | humanizeDuration }} old. Run pgkeep status, then pgkeep backup.",
  },
  {
    alert: "PgkeepNotProven",
    expr: "time() - pgkeep_last_proof_timestamp_seconds > pgkeep_objective_proven_within_seconds",
    for: "5m",
    severity: "critical",
    summary: "{{ $labels.postgres_cluster }}: no drill passed within objectives.provenWithin",
    description: "Nobody knows whether the backups restore, and retention has stopped. Run pgkeep drill latest.",
  },
  {
    alert: "PgkeepDrillFailed",
    expr: 'pgkeep_last_drill_verdict{verdict="FAIL"} == 1',
    for: "0m",
    severity: "critical",
    summary: "{{ $labels.postgres_cluster }}: the last drill found a difference",
    description: "What was restored is not what was backed up. Run pgkeep drill latest and read what it names.",
  },
  {
    alert: "PgkeepDrillCouldNotVerify",
    expr: 'pgkeep_last_drill_verdict{verdict="COULD_NOT_VERIFY"} == 1',
    for: "0m",
    severity: "warning",
    summary: "{{ $labels.postgres_cluster }}: the last drill could not compare everything",
    description: "That is no proof. Run pgkeep drill latest --dry-run.",
  },
  {
    alert: "PgkeepSuspicious",
    expr: "pgkeep_newest_suspicious == 1",
    for: "0m",
    severity: "warning",
    summary: "{{ $labels.postgres_cluster }}: the newest recovery point is suspicious",
    description:
      "It differs much from the one before, and retention has stopped. Look at it with pgkeep show, then accept it or mend the database.",
  },
  {
    alert: "PgkeepManifestUnreadable",
    expr: "pgkeep_unreadable_manifests > 0",
    for: "0m",
    severity: "critical",
    summary: "{{ $labels.postgres_cluster }}: a manifest cannot be read",
    description: "A recovery point was damaged or forged, or written by a newer pgkeep. Run pgkeep status.",
  },
  {
    alert: "PgkeepMetricsStale",
    expr: "pgkeep_up == 0 or time() - pgkeep_status_timestamp_seconds > 7200",
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.postgres_cluster }}: the store was not read lately",
    description: "These metrics are old. Ages are still told rightly, but nothing new is seen. Run pgkeep status where they come from.",
  },
  {
    alert: "PgkeepMetricsMissing",
    expr: "absent(pgkeep_status_timestamp_seconds)",
    for: "15m",
    severity: "critical",
    summary: "nobody tells how the backups stand",
    description: "No metric of pgkeep is scraped, so none of the other rules can fire.",
  },
  {
    alert: "PgkeepNoTarget",
    expr: "pgkeep_status_timestamp_seconds unless pgkeep_objective_rpo_seconds",
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.postgres_cluster }}: objectives.rpo is not set",
    description: "However old the recovery points grow, no rule will say so. Set objectives.rpo in pgkeep.yaml.",
  },
];
