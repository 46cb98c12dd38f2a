import { type DashboardPanel, tablePanel, timePanel } from "./dashboardPanels.js";
import { ageIfAny, ageOf, type MetricLabels, metricSelector } from "./metricSelector.js";

/** How things went over time. */
export function timePanels({ labels }: { labels: MetricLabels }): DashboardPanel[] {
  const of = (metric: string, ...more: MetricLabels[]) => metricSelector(metric, labels, ...more);
  const newest = (state: string) => ({ expr: ageIfAny(of("pgkeep_newest_data_timestamp_seconds", { state })), legend: `newest ${state}` });
  const graphs: [title: string, description: string, unit: string, queries: { expr: string; legend: string }[]][] = [
    [
      "Age of the newest recovery point",
      "A saw: it falls to almost nothing with each backup. Where it only rises, no backup ends well.",
      "s",
      [newest("good"), newest("committed"), { expr: of("pgkeep_objective_rpo_seconds"), legend: "RPO" }],
    ],
    [
      "Age of what is proven",
      "The newest data that a drill has restored, and how long ago a drill passed.",
      "s",
      [
        newest("proven"),
        { expr: ageIfAny(of("pgkeep_last_proof_timestamp_seconds")), legend: "last proof" },
        { expr: of("pgkeep_objective_proven_within_seconds"), legend: "proven within" },
      ],
    ],
    [
      "Size of the newest",
      "What it takes in the store, and what it was before compression.",
      "bytes",
      [
        { expr: of("pgkeep_newest_stored_bytes"), legend: "stored" },
        { expr: of("pgkeep_newest_plain_bytes"), legend: "before compression" },
      ],
    ],
    [
      "How long it takes",
      "A backup; the restore of the last drill, which is the measured RTO of the data; the comparison behind it.",
      "s",
      [
        { expr: of("pgkeep_newest_backup_seconds"), legend: "backup" },
        { expr: of("pgkeep_drill_restore_seconds"), legend: "restore in a drill" },
        { expr: of("pgkeep_drill_compare_seconds"), legend: "comparison" },
      ],
    ],
    [
      "Rows",
      "Rows of each database in the newest good recovery point.",
      "short",
      [{ expr: of("pgkeep_database_rows"), legend: "{{database}}" }],
    ],
    ["Recovery points", "How many there are; the states overlap.", "short", [{ expr: of("pgkeep_recovery_points"), legend: "{{state}}" }]],
  ];
  return graphs.map(([title, description, unit, queries], index) =>
    timePanel(index + 7, {
      title,
      description,
      unit,
      queries,
      place: { x: (index % 2) * 12, y: 4 + Math.floor(index / 2) * 8, width: 12, height: 8 },
      dashed: ["RPO", "proven within"],
    }),
  );
}

/** What is so now. */
export function tablePanels({ labels }: { labels: MetricLabels }): DashboardPanel[] {
  const alerts = metricSelector("ALERTS", labels, { alertstate: "firing" }).replace(/\}$/, ',alertname=~"Pgkeep.*"}');
  return [
    tablePanel(13, {
      title: "Alerts that fire",
      description: "Of the rules of pgkeep, where Prometheus has them.",
      place: { x: 0, y: 28, width: 12, height: 6 },
      queries: [{ expr: `max by (alertname, severity) (${alerts})`, legend: "" }],
      unit: "none",
      columns: ["alertname", "severity"],
    }),
    tablePanel(14, {
      title: "Last of each action",
      description: "How long ago, by the audit trail in the store.",
      place: { x: 12, y: 28, width: 12, height: 6 },
      queries: [{ expr: `max by (action, result) (${ageOf(metricSelector("pgkeep_last_action_timestamp_seconds", labels))})`, legend: "" }],
      unit: "s",
      columns: ["action", "result"],
    }),
  ];
}
