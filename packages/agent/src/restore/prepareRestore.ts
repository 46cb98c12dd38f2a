import { tmpdir } from "node:os";
import {
  type ApplicationRecord,
  type Connection,
  type DatabaseProperties,
  type DatabaseRecord,
  ExitCode,
  type GlobalsRecord,
  type Problem,
} from "@pgkeep/core";
import { shownName } from "../postgresql/objectName.js";
import { RDS_SUPERUSER } from "../postgresql/serviceRoles.js";
import { openSession } from "../postgresql/session.js";
import { type ArchiveSource, readContents, readWhole, type ScriptSource } from "./ArchiveSource.js";
import { findBlockers } from "./blockers.js";
import { checkMigrations } from "./checkMigrations.js";
import { scratchSuffix } from "./databaseNames.js";
import { missingTablespaces } from "./databaseNotices.js";
import { otherSessions } from "./endSessions.js";
import { findExisting } from "./findExisting.js";
import { describeLeftover, findLeftovers } from "./findLeftovers.js";
import type { Target } from "./openTarget.js";
import type { PreparedDatabase } from "./PreparedDatabase.js";
import { planDatabases } from "./planDatabases.js";
import { planRoleCreation, type RoleCreation } from "./planRoleCreation.js";
import { preflight } from "./preflight.js";
import { probeAdministrator, probeSettings } from "./probeAdministrator.js";
import { knowsMonetaryLocale, probeCollations, probeLibraries, probeLocale } from "./probeServer.js";
import type { DatabaseChoice, RestoreTargetOptions } from "./RestoreOptions.js";
import { DatabaseAction, type PlannedDatabase } from "./RestorePlan.js";
import type { LeftOutEntry } from "./RestoreResult.js";
import { RoleMemberships } from "./RoleMemberships.js";
import { referencedRoles, rolesOfProperties } from "./referencedRoles.js";
import { restorableEntries } from "./restorableEntries.js";
import { selectTables } from "./selectTables.js";

/** What there is to restore: of a recovery point, or one file. */
export interface Restorable {
  name: string;
  source: { archive: ArchiveSource } | { script: ScriptSource };
  /** What is recorded of it; null for a file. */
  record: DatabaseRecord | null;
  /** What a new database is to be like. */
  properties(target: Target): Promise<DatabaseProperties>;
  /** lc_monetary of the dump; null where unknown. */
  monetaryLocale: string | null;
}

export interface PrepareRequest extends RestoreTargetOptions {
  restorables: readonly Restorable[];
  databases?: readonly DatabaseChoice[];
  tables?: readonly string[];
  inPlaceClean?: boolean;
  /** Whether archives are read whole before the first statement. */
  readFirst: boolean;
  /** Null for a file. */
  globals: GlobalsRecord | null;
  verifiers: ReadonlyMap<string, string>;
  /** Which version of the application wrote the data; null for a file, and where nothing is recorded. */
  writtenBy: ApplicationRecord | null;
}

export interface PreparedRestore {
  planned: PlannedDatabase[];
  jobs: PreparedDatabase[];
  roles: RoleCreation;
  problems: { exitCode: ExitCode; problem: Problem }[];
  obstacles: LeftOutEntry[];
  notices: string[];
}

/** Decides what is to be done and reads all that could keep it from succeeding. Changes nothing anywhere. */
export async function prepareRestore(target: Target, request: PrepareRequest): Promise<PreparedRestore> {
  const { facts, session } = target;
  const { planned, problems } = plan(target, request);
  const jobs: PreparedDatabase[] = [];
  for (const database of planned) jobs.push(await prepareDatabase(database, target, request, problems));

  const choices = { noOwner: request.noOwner === true, noAcl: request.noAcl === true };
  const referenced = new Set(
    jobs.flatMap((job) => [
      ...referencedRoles(chosenEntries(job, request), choices),
      ...("script" in job.source && !(choices.noOwner && choices.noAcl) ? job.source.script.roles : []),
      ...(job.properties === null ? [] : rolesOfProperties(job.properties, choices)),
    ]),
  );
  // A restore of everything by a superuser brings back the cluster's roles; any other one only those it needs.
  const everything =
    facts.role.superuser && planned.length === request.restorables.length && !request.tables && !(choices.noOwner && choices.noAcl);
  const roles = planRoleCreation(request.globals, referenced, everything ? "all" : "referenced", facts, request.verifiers);
  const replaced = planned.filter(({ action }) => action === DatabaseAction.Replace).map(({ target: name }) => name);
  const findings = preflight({
    databases: await probed(jobs, target, request),
    facts,
    memberships: new RoleMemberships(roles.memberships, facts.superusers),
    ...choices,
    verify: request.verify !== false && request.schemaOnly !== true,
    stops: request.application?.stop !== undefined,
    sessions: await otherSessions(session, replaced),
  });
  const migrations = await checkMigrations({
    connection: target.connection,
    planned,
    application: request.writtenBy,
    queries: new Map((request.migrationQueries ?? []).map(({ database, query }) => [database, query])),
    accept: request.acceptOlderMigrations === true,
  });
  const meaningless = findings.obstacles.filter((obstacle) => obstacle.meaningless);
  const obstacles = findings.obstacles.filter((obstacle) => !obstacle.meaningless);
  const accepted = [...meaningless, ...(request.acceptMissing ? obstacles : [])];
  return {
    planned,
    jobs: jobs.map((job) => without(job, accepted)),
    roles,
    problems: [...problems, ...(await findBlockers(session, replaced)), ...roles.problems, ...findings.problems, ...migrations.problems],
    obstacles,
    notices: [
      ...roles.notices,
      ...findings.notices,
      ...meaningless.map(({ database, entry, reason }) => `${entry} of ${shownName(database)} is left out: ${reason}`),
      ...migrations.notices,
      ...spoolNotice(request),
      ...(await findLeftovers(session)).filter(({ inUse }) => !inUse).map(describeLeftover),
    ],
  };
}

function plan({ facts }: Target, request: PrepareRequest): { planned: PlannedDatabase[]; problems: PreparedRestore["problems"] } {
  const { databases: planned, problems } = planDatabases({
    available: request.restorables.map(({ name, source }) => ({ name, bytes: "archive" in source ? source.archive.bytes : null })),
    existing: facts.databases.map(({ name }) => name),
    ofService: facts.databases.filter(({ name, owner }) => name === RDS_SUPERUSER && owner === RDS_SUPERUSER).map(({ name }) => name),
    suffix: scratchSuffix(),
    now: new Date(),
    ...(request.databases ? { databases: request.databases } : {}),
    ...(request.tables ? { tables: request.tables } : {}),
    ...(request.inPlaceClean ? { inPlaceClean: true } : {}),
    ...(request.yesReplace ? { yesReplace: request.yesReplace } : {}),
    ...(request.keepReplaced === undefined ? {} : { keepReplaced: request.keepReplaced }),
  });
  return { planned, problems };
}

async function prepareDatabase(
  planned: PlannedDatabase,
  target: Target,
  request: PrepareRequest,
  problems: PreparedRestore["problems"],
): Promise<PreparedDatabase> {
  const restorable = request.restorables.find(({ name }) => name === planned.source);
  if (restorable === undefined) throw new Error(`nothing to restore is called ${planned.source}`);
  const { record, monetaryLocale } = restorable;
  const job: PreparedDatabase = {
    planned,
    source: await openSource(restorable, request),
    selection: null,
    properties: planned.scratch === null ? null : await restorable.properties(target),
    record,
    extensions: record?.extensions ?? [],
    leftOut: new Set(),
    leftOutSettings: new Set(),
    monetaryLocale,
    monetaryLocaleKnown: monetaryLocale === null || (await knowsMonetaryLocale(target.session, monetaryLocale)),
    noTablespaces: false,
  };
  if (request.tables === undefined || "script" in job.source) return job;
  const { entries } = job.source.contents;
  const existing = planned.scratch === null ? await findExisting(target.connection, planned.target, entries) : new Set<number>();
  const { selection, problems: found } = selectTables(entries, request.tables, existing, {
    replace: new Set(request.yesReplace ?? []),
    database: planned.source,
  });
  problems.push(...found.map((problem) => ({ exitCode: ExitCode.Usage, problem })));
  return { ...job, selection };
}

async function openSource({ name, source }: Restorable, { readFirst, reporter }: PrepareRequest): Promise<PreparedDatabase["source"]> {
  if ("script" in source) return source;
  const { archive } = source;
  if (readFirst) {
    reporter.info(`reading ${name} whole before anything is touched`);
    await readWhole(archive, (bytes) => reporter.progress(`reading ${name}`, bytes, archive.bytes ?? undefined));
  }
  return { archive, contents: await readContents(archive) };
}

function spoolNotice({ jobs, workFolder }: PrepareRequest): string[] {
  if (jobs === undefined || jobs <= 1) return [];
  return [`with several jobs each archive lies decrypted on disk, in a private folder below ${workFolder ?? tmpdir()}, while it is loaded`];
}

/** The entries of a job that pg_restore will run, before any is left out. */
export function chosenEntries(
  { source, selection }: Pick<PreparedDatabase, "source" | "selection">,
  { schemaOnly }: { schemaOnly?: boolean },
) {
  if ("script" in source) return [];
  const chosen = selection && new Set(selection.entries);
  return restorableEntries(source.contents.entries, { schemaOnly: schemaOnly === true }).filter(
    ({ dumpId }) => chosen?.has(dumpId) !== false,
  );
}

async function probed(jobs: readonly PreparedDatabase[], { session, facts, connection }: Target, request: PrepareRequest) {
  const here = facts.databases.find(({ name }) => name === connection.maintenanceDatabase)?.encoding;
  const databases = [];
  for (const job of jobs) {
    const { planned, source, properties, extensions, monetaryLocaleKnown } = job;
    const encoding = properties?.encoding ?? facts.databases.find(({ name }) => name === planned.target)?.encoding;
    const sameEncoding = encoding === here;
    const entries = chosenEntries(job, request);
    databases.push({
      planned,
      header: "contents" in source ? source.contents.header : null,
      scriptExtensions: "script" in source ? [...source.script.extensions] : [],
      entries,
      properties,
      extensions,
      monetaryLocaleKnown,
      refused: await probeCollations(session, entries, sameEncoding),
      denied: await probeAdministrator(session, entries, facts),
      deniedSettings: await probeSettings(session, properties?.settings ?? [], facts),
      refusedLibraries: properties === null ? new Map<string, string>() : await unloadable(connection, properties),
      localeRefusal: properties === null ? undefined : await probeLocale(session, properties, sameEncoding),
    });
    job.noTablespaces = missingTablespaces(entries, properties, facts).length > 0;
  }
  return databases;
}

/** In a session of its own, which the libraries that can be loaded end with. */
async function unloadable(connection: Connection, { settings }: DatabaseProperties): Promise<Map<string, string>> {
  if (!settings.some(({ name }) => /_preload_libraries$/i.test(name))) return new Map();
  const session = await openSession(connection, connection.maintenanceDatabase);
  return await probeLibraries(session, settings).finally(() => session.end());
}

function without(job: PreparedDatabase, accepted: readonly LeftOutEntry[]): PreparedDatabase {
  const own = accepted.filter(({ database }) => database === job.planned.source);
  return {
    ...job,
    leftOut: new Set(own.filter(({ dumpId }) => dumpId > 0).map(({ dumpId }) => dumpId)),
    leftOutSettings: new Set(own.flatMap(({ setting }) => (setting === undefined ? [] : [setting.toLowerCase()]))),
  };
}
