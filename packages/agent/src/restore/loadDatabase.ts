import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { definedAlone } from "../archive/definedAlone.js";
import type { ChildEnvironmentOptions } from "../postgresql/childEnvironment.js";
import { shownName } from "../postgresql/objectName.js";
import type { ScriptSource } from "./ArchiveSource.js";
import { analyzeDatabase } from "./analyzeDatabase.js";
import type { Compared } from "./differencesFromRecord.js";
import { emptyDatabaseStatement } from "./emptyDatabase.js";
import type { Execution } from "./executeRestore.js";
import { loadArchive } from "./loadArchive.js";
import { loadScript } from "./loadScript.js";
import type { PreparedDatabase } from "./PreparedDatabase.js";
import { chosenEntries } from "./prepareRestore.js";
import type { RestoreTargetOptions } from "./RestoreOptions.js";
import { DatabaseAction } from "./RestorePlan.js";
import type { RestoreResult } from "./RestoreResult.js";
import { verifyDatabase } from "./verifyDatabase.js";

const LOCK_TIMEOUT = "60s";

/** Loads one database into a scratch database or in place, analyses it, reads it back and compares. */
export async function loadDatabase(
  job: PreparedDatabase,
  database: string,
  options: RestoreTargetOptions,
  execution: Execution,
  result: RestoreResult,
): Promise<void> {
  const { connection, reporter, signal } = options;
  const { programs, facts } = execution;
  const name = job.planned.target;
  const session = sessionSettings(job, execution);
  const { entries, complete } = entriesToRestore(job, options);
  const began = performance.now();
  reporter.info(`loading ${name}`);
  if ("script" in job.source) {
    result.notices.push(...(await loadScriptOf(job.source.script, name, database, session, options, execution)));
    result.notices.push(...(await analyzeDatabase(programs, connection, database, session, signal)));
    result.milliseconds.load += performance.now() - began;
    return;
  }
  const loaded = await loadArchive(job.source.archive, {
    programs,
    connection,
    database,
    targetMajor: facts.major,
    ...(complete ? {} : { entries }),
    arguments: restoreArguments(job, options),
    ...prologueOf(job),
    session,
    ...(options.jobs === undefined || job.planned.scratch === null ? {} : { jobs: options.jobs }),
    ...(options.workFolder === undefined ? {} : { workFolder: options.workFolder }),
    reporter,
    ...(signal ? { signal } : {}),
  });
  result.notices.push(...loaded.warnings);
  reporter.info(`analysing ${name}`);
  result.notices.push(...(await analyzeDatabase(programs, connection, database, session, signal)));
  result.milliseconds.load += performance.now() - began;
  if (options.verify === false || options.schemaOnly) return;

  if (job.record === null && loaded.summary.unread.length > 0) {
    result.notices.push(`${name} was not read back and compared: ${loaded.summary.unread[0]?.reason}`);
    return;
  }
  const beganToVerify = performance.now();
  reporter.info(`reading back ${name}`);
  const check = await verifyDatabase({
    programs,
    connection,
    database,
    expected: job.record ?? loaded.summary,
    // Under which time zone and settings somebody else's dump was written nobody knows.
    compared: { ...comparedOf(job, entries, complete), alone: definedAlone(entriesOf(job)), countsOnly: job.record === null },
    monetaryLocale: job.monetaryLocaleKnown ? job.monetaryLocale : null,
    settings: session.settings ?? {},
    ...(signal ? { signal } : {}),
  });
  result.checks.push({ ...check, name: `rows of ${name}` });
  result.milliseconds.verify += performance.now() - beganToVerify;
}

function loadScriptOf(
  script: ScriptSource,
  name: string,
  database: string,
  session: ChildEnvironmentOptions,
  options: RestoreTargetOptions,
  { programs, facts }: Execution,
): Promise<string[]> {
  const { connection, reporter, signal } = options;
  return loadScript(
    script.open((bytes) => reporter.progress(name, bytes, script.bytes ?? undefined)),
    {
      programs,
      connection,
      database,
      targetMajor: facts.major,
      byPgDump: script.byPgDump,
      noOwner: options.noOwner === true,
      noAcl: options.noAcl === true,
      session,
      ...(signal ? { signal } : {}),
    },
  );
}

function sessionSettings(
  { planned, monetaryLocale, monetaryLocaleKnown }: PreparedDatabase,
  { facts }: Execution,
): ChildEnvironmentOptions {
  return {
    ...(monetaryLocale !== null && monetaryLocaleKnown ? { monetaryLocale } : {}),
    settings: {
      // The commit of the swap waits for the log up to itself, so until then nothing has to wait for the disk.
      ...(planned.scratch === null ? {} : { synchronous_commit: "off" }),
      // Event triggers of the restored database, above all those ON login, have nothing to do with its restore. Only a superuser may say so.
      ...(facts.role.superuser && facts.major >= 17 ? { event_triggers: "off" } : {}),
    },
  };
}

function entriesToRestore(job: PreparedDatabase, options: RestoreTargetOptions): { entries: number[]; complete: boolean } {
  const chosen = chosenEntries(job, { schemaOnly: options.schemaOnly === true });
  const entries = chosen.filter(({ dumpId }) => !job.leftOut.has(dumpId)).map(({ dumpId }) => dumpId);
  return { entries, complete: job.selection === null && job.leftOut.size === 0 };
}

function restoreArguments({ planned, noTablespaces }: PreparedDatabase, options: RestoreTargetOptions): string[] {
  return [
    ...(options.noOwner ? ["--no-owner"] : []),
    ...(options.noAcl ? ["--no-privileges"] : []),
    ...(options.schemaOnly ? ["--schema-only"] : []),
    ...(noTablespaces ? ["--no-tablespaces"] : []),
    ...(planned.scratch === null ? ["--single-transaction"] : []),
  ];
}

function entriesOf({ source }: PreparedDatabase): readonly ArchiveEntry[] {
  return "contents" in source ? source.contents.entries : [];
}

/** In a database that lives on: what goes first, and no waiting for ever for whoever holds a lock while everybody else waits for us. */
function prologueOf({ planned, selection }: PreparedDatabase): { prologue?: string } {
  if (planned.scratch !== null) return {};
  const drops = planned.action === DatabaseAction.CleanInPlace ? [emptyDatabaseStatement()] : (selection?.drop ?? []);
  return { prologue: [`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}';`, ...drops].join("\n") };
}

/** What is in the database by now: everything, or only what was restored of it. */
function comparedOf(job: PreparedDatabase, entries: readonly number[], complete: boolean): Compared {
  if (complete && job.planned.scratch !== null) return {};
  const restored = new Set(entries);
  const shown = (kind: string) =>
    new Set(
      entriesOf(job)
        .filter(({ dumpId, description }) => description === kind && restored.has(dumpId))
        .map(({ namespace, tag }) => shownName(namespace, tag)),
    );
  // In a database that lived on there may be large objects of its own.
  const largeObjects =
    job.planned.scratch !== null && entriesOf(job).every(({ description, dumpId }) => description !== "BLOBS" || restored.has(dumpId));
  return { only: { tables: shown("TABLE DATA"), sequences: shown("SEQUENCE SET") }, largeObjects };
}
