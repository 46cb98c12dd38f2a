import { ExitCode, type Manifest, ProblemError } from "@pgkeep/core";
import { readStored } from "../codec/readStored.js";
import { nearestPrograms } from "../postgresql/nearestPrograms.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { describePlan } from "./describePlan.js";
import { executeRestore } from "./executeRestore.js";
import { maintenanceDatabaseBeside, openTarget } from "./openTarget.js";
import { type PreparedRestore, prepareRestore, type Restorable } from "./prepareRestore.js";
import type { RestoreOptions, RestoreTargetOptions } from "./RestoreOptions.js";
import { DatabaseAction, type RestorePlan } from "./RestorePlan.js";
import type { RestoreResult } from "./RestoreResult.js";
import { allProblems } from "./restoreExit.js";
import { readVerifiers } from "./restoreRoles.js";

/**
 * Restores a recovery point, or what is chosen of it. Everything that could go wrong is looked for first; databases are loaded and verified
 * beside the living ones; the application is stopped, where asked, only for the swap of names. Whatever fails before leaves the target as it was.
 */
export async function runRestore(options: RestoreOptions): Promise<RestoreResult> {
  const { store, manifest, identities = [] } = options;
  const verifiers = options.noOwner && options.noAcl ? new Map<string, string>() : await readVerifiers(store, manifest, identities);
  const restorables = manifest.databases.map(
    (record): Restorable => ({
      name: record.name,
      record,
      properties: () => Promise.resolve(record.properties),
      monetaryLocale: record.properties.monetaryLocale,
      source: {
        archive: {
          description: `${store.description} ${record.object.key}`,
          bytes: record.object.plainBytes,
          record,
          ignoreTrailing: false,
          open: () => readStored(store, record.object, identities),
        },
      },
    }),
  );
  return await restore(options, {
    restorables,
    databases: options.databases,
    tables: options.tables,
    inPlaceClean: options.inPlaceClean === true,
    readFirst: mustReadFirst(options),
    globals: manifest.globals,
    verifiers,
    recoveryPoint: manifest,
    file: null,
  });
}

/** In place there is no way back; a signature promises that nothing forged runs. Several jobs read all before they load anyway. */
function mustReadFirst({ manifest, inPlaceClean, tables, readFirst }: RestoreOptions): boolean {
  if (inPlaceClean || tables) return true;
  return readFirst ?? manifest.signature !== null;
}

/** What is to be restored, wherever it comes from. */
export interface RestoreSource {
  /** Where they are at hand already, as for archives that only pg_restore can read. */
  programs?: PostgresPrograms;
  restorables: readonly Restorable[];
  databases: RestoreOptions["databases"];
  tables: RestoreOptions["tables"];
  inPlaceClean: boolean;
  readFirst: boolean;
  globals: Manifest["globals"] | null;
  verifiers: ReadonlyMap<string, string>;
  recoveryPoint: Manifest | null;
  file: string | null;
}

export async function restore(given: RestoreTargetOptions, source: RestoreSource): Promise<RestoreResult> {
  const started = performance.now();
  const { options, notices } = onOneToken(given);
  const { reporter, signal } = options;
  const target = await openTarget(options.connection, signal);
  try {
    const { databases, tables, programs: atHand, ...rest } = source;
    const prepared = await prepareRestore(target, {
      ...options,
      ...rest,
      writtenBy: source.recoveryPoint?.application ?? null,
      ...(databases ? { databases } : {}),
      ...(tables ? { tables } : {}),
    });
    const plan = planOf(options, source, prepared, `${target.facts.address}, PostgreSQL ${target.facts.version}`);
    const problem = allProblems([...prepared.problems, ...(options.acceptMissing ? [] : prepared.obstacles.map(obstacleProblem))]);
    const tell = () => {
      for (const line of describePlan(plan)) reporter.info(line);
      for (const notice of [...notices, ...prepared.notices]) reporter.warning(notice);
    };
    if (problem) {
      if (options.dryRun) tell();
      throw problem;
    }
    const archiveMajor = Math.max(
      0,
      ...prepared.jobs.flatMap(({ source: from }) => ("contents" in from ? [Number.parseInt(from.contents.header.dumpVersion, 10)] : [])),
    );
    // Of the server's own major where they can read the archive; newer ones go through their script.
    const programs =
      atHand ?? (await nearestPrograms(["pg_restore", "psql", "pg_dump"], Math.max(target.facts.major, archiveMajor), options.programs));
    const preflight = performance.now() - started;
    tell();
    const result: RestoreResult = {
      plan,
      dryRun: options.dryRun === true,
      notices: [...notices, ...prepared.notices],
      leftOut: options.acceptMissing ? prepared.obstacles : [],
      roles: { created: [], withoutPassword: [], joined: [] },
      replaced: [],
      checks: [],
      milliseconds: { preflight, load: 0, verify: 0, swap: 0, total: 0 },
    };
    if (!options.dryRun) {
      const replaced = prepared.planned.filter(({ action }) => action === DatabaseAction.Replace).map(({ target: name }) => name);
      const maintenanceDatabase = maintenanceDatabaseBeside(options.connection.maintenanceDatabase, replaced, target.facts);
      await target.session.end();
      await options.steps?.begin();
      await executeRestore(
        { ...options, connection: { ...options.connection, maintenanceDatabase } },
        { facts: target.facts, programs, prepared, verifiers: source.verifiers, description: describeSource(source) },
        result,
      );
    }
    result.milliseconds.total = performance.now() - started;
    return result;
  } catch (error) {
    throw signal?.aborted && !(error instanceof ProblemError) ? signal.reason : error;
  } finally {
    await target.session.end();
  }
}

/**
 * At the end of a load with several jobs pg_restore opens one more connection with the password it began with (restore_toc_entries_postfork in
 * PostgreSQL's pg_backup_archiver.c); a token is refused after 15 minutes, with all rows loaded.
 */
function onOneToken(options: RestoreTargetOptions): { options: RestoreTargetOptions; notices: string[] } {
  if (options.connection.rdsIam === undefined || (options.jobs ?? 1) <= 1) return { options, notices: [] };
  const notice = `one job instead of ${options.jobs}: with several, pg_restore connects again at the end, when its token of IAM database authentication may have expired`;
  return { options: { ...options, jobs: 1 }, notices: [notice] };
}

function describeSource({ recoveryPoint, file }: RestoreSource): string {
  return recoveryPoint ? `recovery point ${recoveryPoint.id}` : `file ${file}`;
}

function planOf(options: RestoreTargetOptions, source: RestoreSource, prepared: PreparedRestore, target: string): RestorePlan {
  const { application = {} } = options;
  return {
    recoveryPoint: source.recoveryPoint?.id ?? null,
    takenAt: source.recoveryPoint?.snapshot.takenAt ?? null,
    file: source.file,
    application: writtenBy(source, prepared),
    target,
    databases: prepared.planned,
    tables: [...(source.tables ?? [])],
    schemaOnly: options.schemaOnly === true,
    withOwners: options.noOwner !== true,
    withPrivileges: options.noAcl !== true,
    // A script says nothing of what it holds, and is a file of nobody's record.
    verify: options.verify !== false && options.schemaOnly !== true && source.restorables.every((one) => "archive" in one.source),
    keepReplaced: options.keepReplaced !== false,
    jobs: options.jobs ?? 1,
    createRoles: prepared.roles.create,
    stop: application.stop ?? null,
    start: application.start ?? null,
    checkUrl: application.checkUrl ?? null,
  };
}

/** Of migrations only those of the databases that are restored. */
function writtenBy({ recoveryPoint }: RestoreSource, { planned }: PreparedRestore): RestorePlan["application"] {
  const application = recoveryPoint?.application;
  if (!application) return null;
  const migrations = application.migrations?.filter(({ database }) => planned.some(({ source }) => source === database)) ?? null;
  return { ...application, migrations };
}

function obstacleProblem({ database, entry, reason, forbidden, next }: PreparedRestore["obstacles"][number]) {
  return {
    exitCode: forbidden ? ExitCode.Permission : ExitCode.Configuration,
    problem: { where: `database ${database}: ${entry}`, reason, next: `${next}, or restore without what is listed here: --accept-missing` },
  };
}
