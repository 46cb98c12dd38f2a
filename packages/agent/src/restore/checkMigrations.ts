import { type ApplicationRecord, type Connection, ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { compareMigrations } from "../application/compareMigrations.js";
import { type Migrations, readMigrations } from "../application/readMigrations.js";
import { shownName } from "../postgresql/objectName.js";
import { openSession } from "../postgresql/session.js";
import { DatabaseAction, type PlannedDatabase } from "./RestorePlan.js";

export interface MigrationCheck {
  connection: Connection;
  planned: readonly PlannedDatabase[];
  /** Null for a file, and where nothing was recorded. */
  application: ApplicationRecord | null;
  /** The user's own queries, by the database's name in the recovery point. */
  queries: ReadonlyMap<string, string>;
  /** Goes on although a living database was migrated further. */
  accept: boolean;
}

/**
 * Whether the databases that would lose what they hold were migrated further than the recovery point: the application that runs would then find
 * tables of yesterday. Tables that are added to a living database are told of only.
 */
export async function checkMigrations({ connection, planned, application, queries, accept }: MigrationCheck): Promise<{
  problems: { exitCode: ExitCode; problem: Problem }[];
  notices: string[];
}> {
  const found: { problems: { exitCode: ExitCode; problem: Problem }[]; notices: string[] } = { problems: [], notices: [] };
  // Null where nobody looked for migrations.
  if (!application?.migrations) return found;
  for (const { source, target, action } of planned) {
    if (action === DatabaseAction.Create) continue;
    const living = await readLiving(connection, target, queries.get(source));
    const { problems, notices } = compareMigrations({ source, target, application, living });
    found.notices.push(...notices);
    for (const problem of problems) {
      if (accept || action === DatabaseAction.AddTables) found.notices.push(`${problem.where}: ${problem.reason}`);
      else found.problems.push({ exitCode: ExitCode.Usage, problem });
    }
  }
  return found;
}

async function readLiving(connection: Connection, database: string, query: string | undefined): Promise<Migrations> {
  try {
    const session = await openSession(connection, database);
    try {
      await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      return await readMigrations(session, query);
    } finally {
      await session.end();
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { records: [], unread: [`${shownName(database)}: ${error.problems[0]?.reason}`] };
  }
}
