import { counted, formatDuration, formatSize } from "@pgkeep/core";
import { describeDeployment } from "../application/describeApplication.js";
import { describePlan } from "../restore/describePlan.js";
import { DatabaseAction } from "../restore/RestorePlan.js";
import type { RestoreResult } from "../restore/RestoreResult.js";
import type { Paint } from "../terminal/paint.js";
import { printable } from "../terminal/printable.js";
import { renderTable } from "../terminal/renderTable.js";
import { describeChecks } from "./describeChecks.js";
import type { RestoredFiles } from "./restoreFiles.js";

/** What `pgkeep restore` did, or with --dry-run would do. */
export interface RestoreReport {
  /** Null where no database was asked for. */
  databases: RestoreResult | null;
  /** Null where no files were asked for. */
  files: RestoredFiles | null;
}

export function describeRestore({ databases, files }: RestoreReport, dryRun: boolean, paint: Paint): string {
  const parts = [
    ...(files === null ? [] : [describeFiles(files, dryRun)]),
    ...(databases === null ? [] : [dryRun ? describeRehearsal(databases) : describeDatabases(databases, paint)]),
  ];
  return parts.join("\n\n");
}

function describeFiles({ folder, paths, bytes }: RestoredFiles, dryRun: boolean): string {
  return `${counted(paths.length, "file")}, ${formatSize(bytes)}, ${dryRun ? "would be extracted" : "extracted"} into ${folder}`;
}

function describeRehearsal({ plan, notices }: RestoreResult): string {
  return [
    "Nothing was touched. Without --dry-run this would be done:",
    "",
    ...describePlan(plan).map((line) => `  ${printable(line)}`),
    ...listed("To know", notices),
  ].join("\n");
}

function describeDatabases(result: RestoreResult, paint: Paint): string {
  const { plan, replaced, roles, checks, leftOut, notices, milliseconds } = result;
  const source = plan.recoveryPoint === null ? `File ${plan.file}` : `Recovery point ${plan.recoveryPoint}, the state of ${plan.takenAt},`;
  const rows = plan.databases.map(({ source: name, target, action, replacedAs, bytes }) => {
    const kept = replaced.find((one) => one.name === target)?.keptAs;
    const before = replacedAs === null ? "" : kept ? `kept as ${kept}` : "dropped";
    return [name, target, outcome(action), bytes === null ? "" : formatSize(bytes), before];
  });
  return [
    `${printable(source)} is restored into ${printable(plan.target)}, in ${formatDuration(milliseconds.total)}.`,
    "",
    renderTable(["database", "is now", "", "dump", "what was there"], rows),
    ...listed("The application that wrote these data", describeDeployment(plan.application)),
    ...(checks.length > 0 ? ["", ...describeChecks(checks, paint)] : ["", "Nothing was read back and compared."]),
    ...listed("Roles created", roles.created),
    ...listed("Roles that may log in and have no password yet: ALTER ROLE … PASSWORD, or \\password in psql", roles.withoutPassword),
    ...listed(
      "Left out, as accepted",
      leftOut.map(({ database, entry, reason }) => `${database}: ${entry} (${reason})`),
    ),
    ...listed("To know", notices),
    ...listed(
      "To put the old databases back in place",
      replaced.flatMap(({ undo }) => undo),
    ),
    ...listed(
      "To end the old databases for good",
      replaced.flatMap(({ drop }) => (drop === null ? [] : [drop])),
    ),
  ].join("\n");
}

function outcome(action: DatabaseAction): string {
  return {
    [DatabaseAction.Create]: "created",
    [DatabaseAction.Replace]: "replaced",
    [DatabaseAction.CleanInPlace]: "emptied and filled",
    [DatabaseAction.AddTables]: "got the tables",
  }[action];
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${printable(line)}`)];
}
