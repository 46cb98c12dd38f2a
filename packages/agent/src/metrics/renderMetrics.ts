import { Verdict } from "@pgkeep/core";
import type { StatusReport } from "../status/StatusReport.js";
import { agentVersion } from "../version.js";

/** The media type of the text, in which Prometheus asks for it. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Not `cluster`, which many a Prometheus gives to what it scrapes in Kubernetes. */
const CLUSTER = "postgres_cluster";

/**
 * A status as text for Prometheus. `readable` says whether the store could be read just now: what is told otherwise is what was read last, and
 * still true, for times do not age, only recovery points do.
 */
export async function renderMetrics(cluster: string, status: StatusReport | undefined, readable: boolean): Promise<string> {
  // Loaded only where it is needed: no other command has to wait for it.
  const { Gauge, Registry } = (await import("prom-client")).default;
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number | null | undefined, labels: Record<string, string> = {}) => {
    if (value === null || value === undefined) return;
    const known = registry.getSingleMetric(name) as InstanceType<typeof Gauge> | undefined;
    const metric = known ?? new Gauge({ name, help, labelNames: [CLUSTER, ...Object.keys(labels)], registers: [registry] });
    metric.set({ [CLUSTER]: cluster, ...labels }, value);
  };
  gauge("pgkeep_build_info", "The agent that tells this; always 1.", 1, { version: agentVersion });
  gauge("pgkeep_up", "Whether the store could be read at this scrape.", readable ? 1 : 0);
  if (status) describe(status, gauge);
  return await registry.metrics();
}

type Tell = (name: string, help: string, value: number | null | undefined, labels?: Record<string, string>) => void;

function describe(status: StatusReport, gauge: Tell): void {
  const { newest, counts, objectives, requests } = status;
  gauge("pgkeep_status_timestamp_seconds", "When the store was read for all of this.", seconds(status.at));
  gauge("pgkeep_status_findings", "How many things call for a person, as pgkeep status lists them.", status.findings.length);

  const states = { committed: newest.committed, good: newest.good, proven: newest.proven };
  for (const [state, point] of Object.entries(states)) {
    const help =
      "The instant that the data of the newest recovery point is of; 0 where there is none. good: checked and not suspicious, or accepted.";
    gauge("pgkeep_newest_data_timestamp_seconds", help, seconds(point?.dataAsOf), { state });
  }
  gauge(
    "pgkeep_last_proof_timestamp_seconds",
    "When a drill of a good recovery point passed last; 0 for never.",
    seconds(status.lastProofAt),
  );
  gauge(
    "pgkeep_newest_suspicious",
    "Whether the newest recovery point is suspicious.",
    status.findings.some(({ kind }) => kind === "suspicious") ? 1 : 0,
  );
  gauge("pgkeep_unreadable_manifests", "Manifests that could not be read, among the newest.", status.unreadable.length);
  for (const [state, count] of Object.entries(counts))
    gauge("pgkeep_recovery_points", "Recovery points; the states overlap.", count, { state });
  gauge("pgkeep_objective_rpo_seconds", "objectives.rpo; absent where it is not set.", objectives.rpo?.targetSeconds);
  gauge(
    "pgkeep_objective_proven_within_seconds",
    "objectives.provenWithin; absent where it is not set.",
    objectives.provenWithin?.targetSeconds,
  );

  const last = status.trend.at(-1);
  gauge("pgkeep_newest_stored_bytes", "Bytes of the newest recovery point in the store.", last?.storedBytes);
  gauge("pgkeep_newest_plain_bytes", "Its bytes before compression.", last?.plainBytes);
  gauge("pgkeep_newest_backup_seconds", "How long taking it took.", last?.backupSeconds);
  for (const { name, rows, storedBytes } of status.databases) {
    gauge("pgkeep_database_rows", "Rows in the newest good recovery point.", rows, { database: name });
    gauge("pgkeep_database_stored_bytes", "Bytes in the newest good recovery point.", storedBytes, { database: name });
  }

  const drill = status.drills.at(-1);
  gauge("pgkeep_last_drill_timestamp_seconds", "When the last drill ended, whatever it found; 0 for never.", seconds(drill?.at));
  for (const verdict of Object.values(Verdict)) {
    gauge("pgkeep_last_drill_verdict", "1 for the verdict of the last drill.", drill && (drill.verdict === verdict ? 1 : 0), { verdict });
  }
  const measured = status.drills.findLast(({ restoreSeconds }) => restoreSeconds !== null);
  gauge(
    "pgkeep_drill_restore_seconds",
    "How long the last restore in a drill took: the measured RTO of the data.",
    measured?.restoreSeconds,
  );
  gauge("pgkeep_drill_compare_seconds", "How long the comparison after it took.", measured?.compareSeconds);

  for (const { job, at } of status.nextRuns)
    gauge("pgkeep_next_run_timestamp_seconds", "When a scheduled job runs next.", seconds(at), { task: job });
  for (const { action, at, result } of status.lastActions) {
    gauge("pgkeep_last_action_timestamp_seconds", "The last record of an action in the audit trail.", seconds(at), { action, result });
  }
  gauge("pgkeep_store_requests", "Requests to the store that this took, at 1,000 objects a page.", requests.pages + requests.reads);
  gauge("pgkeep_status_duration_seconds", "How long reading the store took.", status.milliseconds / 1000);
}

/** Prometheus counts in seconds since 1970; 0 stands for never, so that an alert on age needs no word for absence. */
function seconds(time: Date | null | undefined): number {
  return time ? time.getTime() / 1000 : 0;
}
