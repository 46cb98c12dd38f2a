import { type Connection, ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { dropScratchDatabase } from "../drill/scratchDatabase.js";
import { shownName, sqlName } from "../postgresql/objectName.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { openSession } from "../postgresql/session.js";
import { sqlState } from "../postgresql/sessionProblem.js";
import { checkApplication, withApplicationStopped } from "./applicationHooks.js";
import { loadDatabase } from "./loadDatabase.js";
import type { PreparedRestore } from "./prepareRestore.js";
import type { RestoreTargetOptions } from "./RestoreOptions.js";
import type { RestoreResult } from "./RestoreResult.js";
import { restoreRoles } from "./restoreRoles.js";
import { createScratchDatabase, finishStatements, type ScratchOptions } from "./scratchDatabase.js";
import { type Swap, swapDatabases } from "./swapDatabases.js";
import type { TargetFacts } from "./TargetFacts.js";

const OBJECT_IN_USE = "55006";

export interface Execution {
  facts: TargetFacts;
  programs: PostgresPrograms;
  prepared: PreparedRestore;
  verifiers: ReadonlyMap<string, string>;
  /** For the comment of a scratch database. */
  description: string;
}

/**
 * Does what was prepared and fills the result. Scratch databases are gone again when it throws, or named in what it throws. The order keeps
 * the application's downtime short: it is stopped only once everything is loaded and verified; in place, where loading is the change, before.
 */
export async function executeRestore(options: RestoreTargetOptions, execution: Execution, result: RestoreResult): Promise<void> {
  const { connection, reporter, signal, application = {} } = options;
  const { prepared, verifiers } = execution;
  const session = await openSession(connection, connection.maintenanceDatabase, signal ? { signal } : {});
  try {
    result.roles = await restoreRoles(session, prepared.roles, verifiers);
  } finally {
    await session.end();
  }
  const scratches: string[] = [];
  try {
    const swaps = await loadBeside(options, execution, result, scratches);
    await withApplicationStopped(application, reporter, async () => {
      await loadInPlace(options, execution, result);
      if (swaps.length === 0) return;
      signal?.throwIfAborted();
      const started = performance.now();
      reporter.info(`renaming ${swaps.map(({ scratch, target }) => `${scratch} to ${target}`).join(", ")}`);
      await swapDatabases(connection, connection.maintenanceDatabase, swaps);
      scratches.length = 0;
      result.milliseconds.swap = performance.now() - started;
      result.replaced = swaps.flatMap(({ target, scratch, replacedAs }) =>
        replacedAs === null ? [] : [kept(target, scratch, replacedAs)],
      );
    });
  } catch (error) {
    throw await cleanUp(options, scratches, error);
  }
  result.checks.push(...(await checkApplication(application, signal)));
  await dropReplaced(options, result);
}

async function loadBeside(
  options: RestoreTargetOptions,
  execution: Execution,
  result: RestoreResult,
  scratches: string[],
): Promise<Swap[]> {
  const { connection, signal, reporter } = options;
  const { prepared, facts, description } = execution;
  const swaps: Swap[] = [];
  for (const job of prepared.jobs) {
    const { target, scratch, replacedAs } = job.planned;
    if (scratch === null || job.properties === null) continue;
    const settings = job.properties.settings.filter(({ name }) => !job.leftOutSettings.has(name.toLowerCase()));
    const scratchOptions: ScratchOptions = {
      scratch,
      properties: { ...job.properties, settings },
      withOwner: options.noOwner !== true,
      withAcl: options.noAcl !== true,
      facts,
      remark: `pgkeep: unfinished restore of ${description}, begun ${new Date().toISOString()}; may be dropped when no restore runs`,
    };
    reporter.info(`creating ${scratch}`);
    signal?.throwIfAborted();
    // Without the signal: the server would finish a CREATE DATABASE whose session is cut, after we looked whether there is one to drop.
    const session = await openSession(connection, connection.maintenanceDatabase);
    try {
      scratches.push(scratch);
      await createScratchDatabase(session, scratchOptions);
    } finally {
      await session.end();
    }
    await loadDatabase(job, scratch, options, execution, result);
    swaps.push({ scratch, target, replacedAs, finish: finishStatements(scratchOptions, target) });
  }
  return swaps;
}

async function loadInPlace(options: RestoreTargetOptions, execution: Execution, result: RestoreResult): Promise<void> {
  for (const job of execution.prepared.jobs) {
    if (job.planned.scratch === null) await loadDatabase(job, job.planned.target, options, execution, result);
  }
}

function kept(name: string, scratch: string, replacedAs: string): RestoreResult["replaced"][number] {
  return {
    name,
    keptAs: replacedAs,
    undo: [
      "BEGIN;",
      `ALTER DATABASE ${sqlName(name)} RENAME TO ${sqlName(scratch)};`,
      `ALTER DATABASE ${sqlName(replacedAs)} RENAME TO ${sqlName(name)};`,
      "COMMIT;",
    ],
    drop: `DROP DATABASE ${sqlName(replacedAs)};`,
  };
}

/** Where the application is not well, the old databases stay whatever was asked: they are the way back. */
async function dropReplaced({ connection, keepReplaced, reporter }: RestoreTargetOptions, result: RestoreResult): Promise<void> {
  if (keepReplaced !== false || result.replaced.length === 0) return;
  if (result.checks.some(({ verdict }) => verdict !== "PASS")) {
    result.notices.push("the replaced databases were kept, because not every check passed");
    return;
  }
  for (const replaced of result.replaced) {
    if (replaced.keptAs === null) continue;
    reporter.info(`dropping ${replaced.keptAs}`);
    await dropScratch(connection, replaced.keptAs);
    Object.assign(replaced, { keptAs: null, undo: [], drop: null });
  }
}

/** Drops the scratch databases; what cannot be dropped now is named in the error. */
async function cleanUp({ connection, reporter }: RestoreTargetOptions, scratches: readonly string[], error: unknown): Promise<unknown> {
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
