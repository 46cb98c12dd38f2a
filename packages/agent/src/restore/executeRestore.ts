import { ProblemError } from "@pgkeep/core";
import { sqlName } from "../postgresql/objectName.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { openSession } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import { checkApplication, withApplicationStopped } from "./applicationHooks.js";
import { cleanUp, dropReplaced } from "./dropDatabases.js";
import { loadDatabase } from "./loadDatabase.js";
import type { PreparedRestore } from "./prepareRestore.js";
import type { RestoreTargetOptions } from "./RestoreOptions.js";
import type { RestoreResult } from "./RestoreResult.js";
import { restoreRoles } from "./restoreRoles.js";
import { createScratchDatabase, finishStatements, type ScratchOptions } from "./scratchDatabase.js";
import { type Swap, swapDatabases } from "./swapDatabases.js";
import type { TargetFacts } from "./TargetFacts.js";

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
  let swapped = false;
  try {
    const swaps = await loadBeside(options, execution, result, scratches);
    await withApplicationStopped(application, reporter, async () => {
      signal?.throwIfAborted();
      await options.steps?.change();
      await loadInPlace(options, execution, result);
      if (swaps.length === 0) return;
      signal?.throwIfAborted();
      const started = performance.now();
      reporter.info(`renaming ${swaps.map(({ scratch, target }) => `${scratch} to ${target}`).join(", ")}`);
      await swapDatabases(connection, connection.maintenanceDatabase, swaps);
      swapped = true;
      scratches.length = 0;
      result.milliseconds.swap = performance.now() - started;
      result.replaced = swaps.flatMap(({ target, scratch, replacedAs }) =>
        replacedAs === null ? [] : [kept(target, scratch, replacedAs)],
      );
      // The application is started and asked next, which may take minutes or never end; who gives up then must have read this.
      if (application.start !== undefined || application.checkUrl !== undefined) tellUndo(reporter, result);
    });
  } catch (error) {
    if (result.roles.created.length > 0) reporter.info(`the roles that were created stay: ${result.roles.created.join(", ")}`);
    throw await cleanUp(options, scratches, swapped ? alreadySwapped(error, result) : error);
  }
  result.checks.push(...(await checkApplication(application, signal)));
  await dropReplaced(options, result);
}

function tellUndo(reporter: Reporter, { replaced }: RestoreResult): void {
  for (const { name, undo } of replaced) if (undo.length > 0) reporter.info(`to put the old ${name} back in place: ${undo.join(" ")}`);
}

/** What failed after the swap, which is the start of the application, must not hide that the swap took place. */
function alreadySwapped(error: unknown, { replaced }: RestoreResult): unknown {
  if (!(error instanceof ProblemError)) return error;
  const undo = replaced.flatMap((database) => database.undo);
  return new ProblemError(
    error.exitCode,
    [
      ...error.problems,
      {
        where: "restore",
        reason: "all databases were restored and have taken their names; what failed came after that",
        ...(undo.length > 0 ? { next: `to put the old ones back: ${undo.join(" ")}` } : {}),
      },
    ],
    { cause: error },
  );
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
