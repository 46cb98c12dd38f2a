import { type ApplicationRecord, counted, type MigrationRecord, type Problem } from "@pgkeep/core";
import { shownName } from "../postgresql/objectName.js";
import { describeDeployment, describeMigrations } from "./describeApplication.js";
import type { Migrations } from "./readMigrations.js";

const NAMES_SHOWN = 5;

export interface MigrationRequest {
  /** The database's name in the recovery point. */
  source: string;
  /** The living one that it would replace. */
  target: string;
  application: ApplicationRecord;
  living: Migrations;
}

export interface MigrationFindings {
  /** The living database was migrated further than the recovery point. */
  problems: Problem[];
  notices: string[];
}

/** Compares the migrations of a living database with those of the recovery point that would take its place. */
export function compareMigrations(request: MigrationRequest): MigrationFindings {
  const { source, target, application, living } = request;
  const findings: MigrationFindings = { problems: [], notices: [] };
  for (const text of living.unread) findings.notices.push(`migrations were not compared: ${text}`);
  const recorded = (application.migrations ?? []).filter(({ database }) => database === source);
  const unread = application.unread.filter((text) => text.startsWith(`${source}: `));
  for (const now of living.records) {
    const then = recorded.find(({ tool, table }) => tool === now.tool && table === now.table);
    if (then === undefined && unread.length > 0) {
      findings.notices.push(
        `database ${shownName(target)} is at ${describeMigrations(now)}; the recovery point's migrations are not known (${unread.join("; ")})`,
      );
      continue;
    }
    const known = new Set(then?.applied);
    const unknown = now.applied.filter((name) => !known.has(name));
    if (unknown.length > 0) findings.problems.push(olderProblem(request, now, then, unknown));
    else if (then !== undefined && then.count > now.count) {
      const missing = counted(then.count - now.count, "migration");
      findings.notices.push(
        `database ${shownName(target)} is at ${describeMigrations(now)} and the recovery point ${missing} further, at ${describeMigrations(then)}`,
      );
    }
  }
  return findings;
}

function olderProblem(
  { target, application }: MigrationRequest,
  now: MigrationRecord,
  then: MigrationRecord | undefined,
  unknown: readonly string[],
): Problem {
  const names = `${unknown.slice(0, NAMES_SHOWN).join(", ")}${unknown.length > NAMES_SHOWN ? ", …" : ""}`;
  const deployment = describeDeployment(application);
  return {
    where: `database ${shownName(target)}`,
    received: `${describeMigrations(now)} in the living database`,
    allowed: `at most ${then === undefined ? `nothing in ${now.table}` : describeMigrations(then)}, as in the recovery point`,
    reason: headsOnly(now, then)
      ? `it is at another migration than the recovery point. ${now.tool === "alembic" ? "Alembic" : "Your query"} tells the head only, so which of the two is older is not known; code that fits the one need not fit the other`
      : `it was migrated further: the recovery point does not know ${counted(unknown.length, "migration")} (${names}), and the code that runs now expects them`,
    next: [...deployment, "then restore with --accept-older-migrations, or restore beside the living database with --as ANOTHER_NAME"].join(
      "\n            ",
    ),
  };
}

/** Whether nothing is known of what led to the head: a query may well ask for the version alone. */
function headsOnly(now: MigrationRecord, then: MigrationRecord | undefined): boolean {
  return now.tool === "alembic" || (now.tool === "query" && now.count === 1 && then?.count === 1);
}
