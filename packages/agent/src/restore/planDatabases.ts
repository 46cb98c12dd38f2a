import { counted, ExitCode, type Problem } from "@pgkeep/core";
import { replacedName, scratchName } from "./databaseNames.js";
import type { DatabaseChoice } from "./RestoreOptions.js";
import { DatabaseAction, type PlannedDatabase } from "./RestorePlan.js";

export interface PlanRequest {
  /** What there is to restore. */
  available: readonly { name: string; bytes: number | null }[];
  databases?: readonly DatabaseChoice[];
  tables?: readonly string[];
  inPlaceClean?: boolean;
  yesReplace?: readonly string[];
  keepReplaced?: boolean;
  /** Names of the databases at the target. */
  existing: readonly string[];
  /** Those of them that a managed service keeps for itself. */
  ofService?: readonly string[];
  suffix: string;
  now: Date;
}

export interface PlanAnswer {
  databases: PlannedDatabase[];
  problems: { exitCode: ExitCode; problem: Problem }[];
}

/** Decides what happens to each database, and finds at once everything about the request that cannot be. */
export function planDatabases(request: PlanRequest): PlanAnswer {
  const problems: PlanAnswer["problems"] = [];
  const refuse = (problem: Problem, exitCode = ExitCode.Usage) => problems.push({ exitCode, problem });
  const existing = new Set(request.existing);
  const taken = new Set(request.existing);
  const targets = new Set<string>();
  const tables = request.tables ?? [];
  const choices = request.databases ?? request.available.map(({ name }): DatabaseChoice => ({ name }));
  const names = request.available.map(({ name }) => name).join(", ");

  if (tables.length > 0 && choices.length !== 1) {
    refuse({
      where: "--table",
      received: `tables of ${counted(choices.length, "database")}`,
      allowed: "tables of one database",
      reason: "a table's name tells nothing about its database",
      next: `name the database too, with --database; the recovery point holds ${names}`,
    });
  }
  const databases = choices.flatMap((choice): PlannedDatabase[] => {
    const source = request.available.find(({ name }) => name === choice.name);
    const target = choice.as ?? choice.name;
    if (!source) {
      refuse({ where: "--database", received: choice.name, allowed: names, reason: "the recovery point does not hold this database" });
      return [];
    }
    if (targets.has(target)) {
      refuse({ where: "--database", received: target, reason: "two databases cannot be restored under one name" });
      return [];
    }
    targets.add(target);
    const bytes = Buffer.byteLength(target);
    if (bytes > 63 || bytes === 0) {
      refuse({
        where: "--as",
        received: target,
        allowed: "1 to 63 bytes",
        reason: `a database name of ${bytes} bytes is not possible in PostgreSQL`,
      });
    }
    if (target === "template0" || target === "template1") {
      refuse({ where: "--as", received: target, allowed: "any other name", reason: "every new database is copied from the templates" });
    }
    if (request.ofService?.includes(target)) {
      refuse({ where: "--as", received: target, allowed: "any other name", reason: "the managed service keeps this database for itself" });
    }
    const exists = existing.has(target);
    const action = decide(exists, tables.length > 0, request.inPlaceClean === true);
    if (request.inPlaceClean && !exists) {
      refuse({
        where: "--in-place",
        received: target,
        reason: "the target has no such database to empty",
        next: "leave out --in-place: it is then created",
      });
    }
    if (request.inPlaceClean && tables.length > 0) {
      refuse({
        where: "--in-place",
        received: "together with --table",
        reason: "emptying a whole database for some of its tables would lose the others",
      });
    }
    if ((action === DatabaseAction.Replace || action === DatabaseAction.CleanInPlace) && !request.yesReplace?.includes(target)) {
      refuse(confirmation(target, action, request.keepReplaced !== false));
    }
    const scratch = exists && action !== DatabaseAction.Replace ? null : scratchName(target, request.suffix, taken);
    const replacedAs = action === DatabaseAction.Replace ? replacedName(target, request.now, taken) : null;
    for (const name of [scratch, replacedAs]) if (name !== null) taken.add(name);
    return [{ source: choice.name, target, action, scratch, replacedAs, bytes: source.bytes }];
  });
  const replaced = new Set(databases.filter(({ action }) => action !== DatabaseAction.Create).map(({ target }) => target));
  for (const name of request.yesReplace ?? []) {
    if (!replaced.has(name) && tables.length === 0) {
      const reason = existing.has(name) ? "this database is not among those to be restored" : "the target has no such database";
      refuse({ where: "--yes-replace", received: name, allowed: [...replaced].join(", ") || "nothing: no database is replaced", reason });
    }
  }
  return { databases, problems };
}

function decide(exists: boolean, tables: boolean, inPlace: boolean): DatabaseAction {
  if (!exists) return DatabaseAction.Create;
  if (tables) return DatabaseAction.AddTables;
  return inPlace ? DatabaseAction.CleanInPlace : DatabaseAction.Replace;
}

function confirmation(target: string, action: DatabaseAction, kept: boolean): Problem {
  const fate =
    action === DatabaseAction.CleanInPlace
      ? "its contents would be dropped"
      : kept
        ? "it would be renamed and another take its place; what was written since the recovery point is then no longer in it"
        : "it would be replaced and dropped";
  return {
    where: "--yes-replace",
    received: "nothing for this database",
    allowed: `--yes-replace ${target}`,
    reason: `database ${target} exists and ${fate}`,
    next: `confirm with --yes-replace ${target}, or restore beside it with --as ANOTHER_NAME`,
  };
}
