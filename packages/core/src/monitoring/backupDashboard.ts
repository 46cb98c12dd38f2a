import { tablePanels, timePanels } from "./dashboardGraphs.js";
import { type ColourStep, type DashboardPanel, type PanelPlace, statPanel } from "./dashboardPanels.js";
import { ageOf, type MetricLabels, metricSelector } from "./metricSelector.js";

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
  const newest = (state: string) => ageOf(metricSelector("pgkeep_newest_data_timestamp_seconds", labels, { state }));
  const together = rpoSeconds === undefined || provenWithinSeconds === undefined ? undefined : rpoSeconds + provenWithinSeconds;
  const stats: [title: string, description: string, expr: string, target: number | undefined][] = [
    ["Newest good", "Age of the data of the newest recovery point that is checked and not suspicious.", newest("good"), rpoSeconds],
    ["Newest proven", "Age of the newest data that a drill has restored and compared.", newest("proven"), together],
    [
      "Last proof",
      "How long ago a drill passed last.",
      ageOf(metricSelector("pgkeep_last_proof_timestamp_seconds", labels)),
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
      // A timestamp is 0 where there is none, and that is longer ago than PostgreSQL is old.
      never: 1_000_000_000,
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
