import { counted, type DrillResult, formatDuration, formatSize } from "@pgkeep/core";
import { describeApplication } from "../application/describeApplication.js";
import { type Paint, paintVerdict } from "../terminal/paint.js";
import { printable } from "../terminal/printable.js";
import { renderTable } from "../terminal/renderTable.js";
import { describeChecks } from "./describeChecks.js";
import { describeFields } from "./describeFields.js";

/** More tables than this, and those that came back equal are only counted. */
const MOST_TABLES = 100;
/** More respelled definitions than this are counted; --json holds them all. */
const MOST_RESPELLED = 20;

export interface DescribedDrill {
  result: DrillResult;
  dryRun: boolean;
  /** How the objects were opened; undefined where they are not encrypted. */
  opened: string | undefined;
}

/** What a drill found. */
export function describeDrill({ result, dryRun, opened }: DescribedDrill, paint: Paint): string {
  const { id, verdict, scratch, tables, respelled, neverProven, checks, restoreMilliseconds, compareMilliseconds } = result;
  const restored = restoreMilliseconds > 0;
  const isolation = scratch.isolated ? ", cut off from every network" : scratch.kind === "own" ? ", listening nowhere" : "";
  const fields: [string, string][] = [
    ["scratch server", `PostgreSQL ${scratch.serverVersion}, ${scratch.kind === "own" ? "started for this drill" : "given"}${isolation}`],
    ...(opened === undefined ? [] : [["opened with", opened] satisfies [string, string]]),
    ...(restored
      ? ([
          ["restored in", `${formatDuration(restoreMilliseconds)}, the measured RTO of the data`],
          ["compared in", formatDuration(compareMilliseconds)],
        ] satisfies [string, string][])
      : []),
    ...describeApplication(result.application),
  ];
  return [
    `Drill of recovery point ${id}${dryRun ? ", preflight only" : ""}: ${paintVerdict(paint, verdict)}`,
    "",
    describeFields(fields),
    "",
    ...describeChecks(checks, paint),
    ...describeTables(tables, paint),
    ...describeRespelled(respelled),
    ...(neverProven.length === 0
      ? []
      : ["", "Never proven, since no dump holds their contents:", ...neverProven.map((object) => `  ${printable(object)}`)]),
    ...(dryRun ? ["", "Nothing was restored and no result was stored."] : []),
  ].join("\n");
}

function describeTables(tables: DrillResult["tables"], paint: Paint): string[] {
  if (tables.length === 0) return [];
  const shown = tables.length > MOST_TABLES ? tables.filter(({ equal }) => !equal) : tables;
  const rows = shown.map(({ database, schema, name, rows, bytes, equal }) => [
    database,
    `${schema}.${name}`,
    rows.toLocaleString("en"),
    formatSize(bytes),
    equal ? "yes" : "NO",
  ]);
  const table = renderTable(["database", "table", "rows", "bytes", "equal"], rows, (cell, column) =>
    column === 4 && cell === "NO" ? paint(["bold", "red"], cell) : cell,
  );
  const equal = tables.filter((one) => one.equal).length;
  const hidden = tables.length - shown.length;
  return [
    "",
    ...(shown.length === 0 ? [] : [table]),
    `${equal} of ${counted(tables.length, "table")} came back equal, row by row${hidden > 0 ? "; those are not listed, --json holds them" : ""}`,
  ];
}

function describeRespelled(respelled: DrillResult["respelled"]): string[] {
  if (respelled.length === 0) return [];
  const hidden = respelled.length - MOST_RESPELLED;
  return [
    "",
    "Definitions that the server spelled differently and that are equal in normal form:",
    ...respelled.slice(0, MOST_RESPELLED).map(({ database, object }) => `  ${printable(`${database}: ${object}`)}`),
    ...(hidden > 0 ? [`  … and ${hidden} more; --json holds them all, with both spellings`] : ["  (--json holds both spellings)"]),
  ];
}
