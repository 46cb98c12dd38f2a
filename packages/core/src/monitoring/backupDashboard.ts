import { type ColourStep, type DashboardPanel, type PanelPlace, statPanel, tablePanel, timePanel } from "./dashboardPanels.js";
import { type MetricLabels, metricSelector } from "./metricSelector.js";

/** Whose recovery points a dashboard shows. */
export interface DashboardSubject {
  /** Of the PostgreSQL cluster, for the title. */
  cluster: string;
  /** Labels of the metrics that are meant. */
  labels: MetricLabels;
  /** Grafana's own id of the dashboard, at most 40 characters: what has the same is the same dashboard. */
  uid: string;
  /** The targets in seconds, which colour the ages. Absent: no age is red. */
  rpoSeconds?: number | undefined;
  provenWithinSeconds?: number | undefined;
}

/** A dashboard in Grafana's JSON model (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/). */
export interface BackupDashboard {
  uid: string;
  title: string;
  panels: DashboardPanel[];
  [more: string]: unknown;
}

/** How the recovery points of a cluster stand, as a dashboard for Grafana 10 and newer. */
export function backupDashboard(subject: DashboardSubject): BackupDashboard {
  const { cluster, uid } = subject;
  return {
    uid,
    title: `PostgreSQL backups: ${cluster}`,
    description: "Ages of recovery points, drills and sizes, as the store tells them. Made by pgkeep.",
    tags: ["pgkeep", "postgresql", "backup"],
    timezone: "browser",
    editable: true,
    graphTooltip: 1,
    fiscalYearStartMonth: 0,
    schemaVersion: 39,
    refresh: "1m",
    time: { from: "now-30d", to: "now" },
    timepicker: {},
    links: [],
    annotations: { list: [] },
    templating: {
      list: [
        {
          name: "datasource",
          label: "Data source",
          type: "datasource",
          query: "prometheus",
          hide: 0,
          includeAll: false,
          multi: false,
          refresh: 1,
          regex: "",
          options: [],
          skipUrlSync: false,
        },
      ],
    },
    panels: [...agePanels(subject), ...statePanels(subject), ...timePanels(subject), ...tablePanels(subject)],
  };
}

const age = (expr: string) => `time() - ${expr}`;
const STAT = { width: 4, height: 4 };

/** Green up to four fifths of a target. */
function steps(target: number | undefined): ColourStep[] {
  if (target === undefined) return [{ value: null, color: "blue" }];
  return [
    { value: null, color: "green" },
    { value: Math.round(target * 0.8), color: "orange" },
    { value: target, color: "red" },
  ];
}

function agePanels({ labels, rpoSeconds, provenWithinSeconds }: DashboardSubject): DashboardPanel[] {
  const newest = (state: string) => age(metricSelector("pgkeep_newest_data_timestamp_seconds", labels, { state }));
  const together = rpoSeconds === undefined || provenWithinSeconds === undefined ? undefined : rpoSeconds + provenWithinSeconds;
  const stats: [title: string, description: string, expr: string, target: number | undefined][] = [
    ["Newest good", "Age of the data of the newest recovery point that is checked and not suspicious.", newest("good"), rpoSeconds],
    ["Newest proven", "Age of the newest data that a drill has restored and compared.", newest("proven"), together],
    [
      "Last proof",
      "How long ago a drill passed last.",
      age(metricSelector("pgkeep_last_proof_timestamp_seconds", labels)),
      provenWithinSeconds,
    ],
  ];
  return stats.map(([title, description, expr, target], index) =>
    statPanel(index + 1, {
      title,
      description,
      place: { ...STAT, x: index * STAT.width, y: 0 },
      queries: [{ expr, legend: title }],
      unit: "s",
      steps: steps(target),
    }),
  );
}

function statePanels({ labels }: DashboardSubject): DashboardPanel[] {
  const verdict = (name: string, number: number) => `${metricSelector("pgkeep_last_drill_verdict", labels, { verdict: name })} * ${number}`;
  const place = (index: number): PanelPlace => ({ ...STAT, x: (index - 1) * STAT.width, y: 0 });
  const plain = [{ value: null, color: "text" }];
  return [
    statPanel(4, {
      title: "Last drill",
      description: "Verdict of the last drill, whatever it was of.",
      place: place(4),
      queries: [
        {
          expr: `sum without (verdict) (${verdict("PASS", 1)} or ${verdict("FAIL", 2)} or ${verdict("COULD_NOT_VERIFY", 3)})`,
          legend: "verdict",
        },
      ],
      unit: "none",
      steps: plain,
      names: {
        1: { text: "PASS", color: "green" },
        2: { text: "FAIL", color: "red" },
        3: { text: "COULD NOT VERIFY", color: "orange" },
      },
      noValue: "never",
    }),
    statPanel(5, {
      title: "For a person",
      description: "How many things call for a person, as pgkeep status lists them.",
      place: place(5),
      queries: [{ expr: metricSelector("pgkeep_status_findings", labels), legend: "findings" }],
      unit: "none",
      steps: [
        { value: null, color: "green" },
        { value: 1, color: "red" },
      ],
    }),
    statPanel(6, {
      title: "Store",
      description: "Whether the exporter could read the store when it was asked last.",
      place: place(6),
      queries: [{ expr: metricSelector("pgkeep_up", labels), legend: "store" }],
      unit: "none",
      steps: plain,
      names: { 0: { text: "cannot be read", color: "red" }, 1: { text: "is read", color: "green" } },
      noValue: "no exporter",
    }),
  ];
}

function timePanels({ labels }: DashboardSubject): DashboardPanel[] {
  const of = (metric: string, ...more: MetricLabels[]) => metricSelector(metric, labels, ...more);
  const newest = (state: string) => ({ expr: age(of("pgkeep_newest_data_timestamp_seconds", { state })), legend: `newest ${state}` });
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
        { expr: age(of("pgkeep_last_proof_timestamp_seconds")), legend: "last proof" },
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

function tablePanels({ labels }: DashboardSubject): DashboardPanel[] {
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
      queries: [{ expr: `max by (action, result) (${age(metricSelector("pgkeep_last_action_timestamp_seconds", labels))})`, legend: "" }],
      unit: "s",
      columns: ["action", "result"],
    }),
  ];
}
