/** A query of a panel. */
export interface PanelQuery {
  expr: string;
  /** What the series is called; labels as `{{state}}`. */
  legend: string;
}

/** Where a panel lies on the dashboard's 24 columns. */
export interface PanelPlace {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A panel as Grafana's dashboards of schema version 39 have it. */
export interface DashboardPanel {
  id: number;
  type: string;
  title: string;
  description: string;
  datasource: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { refId: string; datasource: { type: string; uid: string }; expr: string; legendFormat: string; [more: string]: unknown }[];
  fieldConfig: { defaults: Record<string, unknown>; overrides: unknown[] };
  options: Record<string, unknown>;
}

/** From which value on which colour holds. */
export interface ColourStep {
  value: number | null;
  color: string;
}

/** What values are called. */
export type ValueNames = Readonly<Record<string, { text: string; color: string }>>;

/** Chosen at the top of the dashboard, so that it fits every Grafana. */
const SOURCE = { type: "prometheus", uid: "$datasource" };

/** What all panels have in common. */
interface PanelBasis {
  title: string;
  description: string;
  place: PanelPlace;
  queries: readonly PanelQuery[];
  /** Grafana's id of a unit: `s`, `bytes`, `short`. */
  unit: string;
}

/** One number, as it is now. From `never` on it means that something never was. */
export function statPanel(
  id: number,
  {
    steps,
    names = {},
    never,
    ...basis
  }: PanelBasis & { steps: readonly ColourStep[]; names?: ValueNames; never?: number; noValue?: string },
): DashboardPanel {
  const mappings = [
    ...(Object.keys(names).length === 0 ? [] : [{ type: "value", options: names }]),
    ...(never === undefined ? [] : [{ type: "range", options: { from: never, to: null, result: { text: "never", color: "red" } } }]),
  ];
  const defaults = {
    unit: basis.unit,
    mappings,
    thresholds: { mode: "absolute", steps },
    color: { mode: "thresholds" },
    ...(basis.noValue === undefined ? {} : { noValue: basis.noValue }),
  };
  const options = {
    reduceOptions: { values: false, calcs: ["lastNotNull"], fields: "" },
    orientation: "auto",
    textMode: "auto",
    colorMode: "background",
    graphMode: "none",
    justifyMode: "auto",
    wideLayout: true,
    showPercentChange: false,
    percentChangeColorMode: "standard",
  };
  return panel(id, "stat", basis, defaults, options, { instant: true, range: false });
}

/** Values over time; those named in `dashed` are targets that others are held against. */
export function timePanel(id: number, { dashed = [], ...basis }: PanelBasis & { dashed?: readonly string[] }): DashboardPanel {
  const defaults = {
    unit: basis.unit,
    min: 0,
    color: { mode: "palette-classic" },
    custom: { drawStyle: "line", lineWidth: 1, fillOpacity: 10, showPoints: "never", spanNulls: false },
  };
  const options = {
    legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
    tooltip: { mode: "multi", sort: "desc" },
  };
  const overrides = dashed.map((name) => ({
    matcher: { id: "byName", options: name },
    properties: [
      { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } },
      { id: "custom.fillOpacity", value: 0 },
    ],
  }));
  return panel(id, "timeseries", basis, defaults, options, { range: true, instant: false }, overrides);
}

/** Series as rows, as they are now. */
export function tablePanel(id: number, basis: PanelBasis & { columns: readonly string[] }): DashboardPanel {
  const defaults = { unit: basis.unit, custom: { align: "auto", cellOptions: { type: "auto" }, inspect: false } };
  const options = { showHeader: true, cellHeight: "sm", frameIndex: 0 };
  const rows = panel(id, "table", basis, defaults, options, { instant: true, range: false, format: "table" });
  const byName = Object.fromEntries([...basis.columns, "Value"].map((name, index) => [name, index]));
  const transformations = [
    { id: "filterFieldsByName", options: { include: { names: [...basis.columns, "Value"] } } },
    { id: "organize", options: { indexByName: byName, excludeByName: {}, renameByName: {} } },
  ];
  return Object.assign(rows, { transformations });
}

function panel(
  id: number,
  type: string,
  { title, description, place, queries }: PanelBasis,
  defaults: Record<string, unknown>,
  options: Record<string, unknown>,
  how: Record<string, unknown>,
  overrides: unknown[] = [],
): DashboardPanel {
  const { x, y, width: w, height: h } = place;
  const targets = queries.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode("A".charCodeAt(0) + index),
    datasource: SOURCE,
    expr,
    legendFormat: legend,
    ...how,
  }));
  return {
    id,
    type,
    title,
    description,
    datasource: SOURCE,
    gridPos: { x, y, w, h },
    targets,
    fieldConfig: { defaults, overrides },
    options,
  };
}
