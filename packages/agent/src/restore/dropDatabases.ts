import { type Connection, ExitCode, type Problem, ProblemError, Verdict } from "@pgkeep/core";
import { dropScratchDatabase } from "../drill/scratchDatabase.js";
import { shownName, sqlName } from "../postgresql/objectName.js";
import { openSession } from "../postgresql/session.js";
import { sqlState } from "../postgresql/sessionProblem.js";
import type { RestoreTargetOptions } from "./RestoreOptions.js";
import type { RestoreResult } from "./RestoreResult.js";

const OBJECT_IN_USE = "55006";

/** Where the application is not well, the old databases stay whatever was asked: they are the way back. */
export async function dropReplaced({ connection, keepReplaced, reporter }: RestoreTargetOptions, result: RestoreResult): Promise<void> {
  if (keepReplaced !== false || result.replaced.length === 0) return;
  if (result.checks.some(({ verdict }) => verdict !== Verdict.Pass)) {
    result.notices.push("the replaced databases were kept, because not every check passed");
    return;
  }
  for (const replaced of result.replaced) {
    if (replaced.keptAs === null) continue;
    reporter.info(`dropping ${replaced.keptAs}`);
    try {
      await dropScratch(connection, replaced.keptAs);
      Object.assign(replaced, { keptAs: null, undo: [], drop: null });
    } catch (error) {
      // The restore is done: an old database that stays is no failure of it.
      result.notices.push(`${replaced.keptAs} could not be dropped: ${(error as Error).message}`);
    }
  }
}

/** Drops the scratch databases; what cannot be dropped now is named in the error. */
export async function cleanUp(
  { connection, reporter }: RestoreTargetOptions,
  scratches: readonly string[],
  error: unknown,
): Promise<unknown> {
  const left: Problem[] = [];
  for (const scratch of scratches) {
    try {
      await dropScratch(connection, scratch);
      reporter.info(`dropped ${scratch}`);
    } catch (reason) {
      left.push({
        where: `database ${shownName(scratch)}`,
        received: reason instanceof ProblemError ? (reason.problems[0]?.reason ?? "") : (reason as Error).message,
        reason: "this unfinished restore could not be removed",
        next: `DROP DATABASE ${sqlName(scratch)} WITH (FORCE);`,
      });
    }
  }
  if (left.length === 0) return error;
  if (error instanceof ProblemError) return new ProblemError(error.exitCode, [...error.problems, ...left], { cause: error });
  return new ProblemError(ExitCode.Defect, [{ where: "restore", reason: String(error) }, ...left], { cause: error });
}

/** Without connecting to it where that can be: its settings may keep everybody out. Only a subscription has to be ended from inside. */
async function dropScratch(connection: Connection, scratch: string): Promise<void> {
  const session = await openSession(connection, connection.maintenanceDatabase);
  try {
    await session.query(`DROP DATABASE IF EXISTS ${sqlName(scratch)} WITH (FORCE)`);
  } catch (error) {
    if (sqlState(error) !== OBJECT_IN_USE) throw error;
    await dropScratchDatabase(connection, scratch);
  } finally {
    await session.end();
  }
}
