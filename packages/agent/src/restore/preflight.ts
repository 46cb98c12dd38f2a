import { type DatabaseProperties, ExitCode, type ExtensionRecord, type Problem, type SettingRecord } from "@pgkeep/core";
import type { ArchiveEntry, ArchiveHeader } from "../archive/ArchiveEntry.js";
import { shownName } from "../postgresql/objectName.js";
import type { OtherSession } from "./endSessions.js";
import { describeSession } from "./endSessions.js";
import { entryName } from "./entryName.js";
import { type EntryObstacle, entryObstacles } from "./entryObstacles.js";
import { ownerProblems } from "./ownerProblems.js";
import { DatabaseAction, type PlannedDatabase } from "./RestorePlan.js";
import type { LeftOutEntry } from "./RestoreResult.js";
import type { RoleMemberships } from "./RoleMemberships.js";
import type { TargetFacts } from "./TargetFacts.js";

/** One database to restore, as the preflight sees it. */
export interface PreflightDatabase {
  planned: PlannedDatabase;
  /** Null for a script. */
  header: ArchiveHeader | null;
  /** Extensions that a script creates. */
  scriptExtensions: readonly string[];
  /** Only what is to be restored. */
  entries: readonly ArchiveEntry[];
  /** Null where it goes into a database that exists. */
  properties: DatabaseProperties | null;
  /** Extensions with the versions they had; empty where nothing is recorded. */
  extensions: readonly ExtensionRecord[];
  /** Entries that this server was asked to make and would not, by dump id, for example a collation whose locale it lacks. */
  refused: ReadonlyMap<number, string>;
  /** Why the server could not create a database with this locale. */
  localeRefusal: string | undefined;
  /** Whether lc_monetary of the dump is known here. */
  monetaryLocaleKnown: boolean;
}

export interface PreflightRequest {
  databases: readonly PreflightDatabase[];
  facts: TargetFacts;
  /** With the roles that will be created. */
  memberships: RoleMemberships;
  noOwner: boolean;
  noAcl: boolean;
  verify: boolean;
  /** Whether the application is stopped before the databases change. */
  stops: boolean;
  /** Sessions in the databases to be replaced. */
  sessions: readonly OtherSession[];
}

export interface PreflightFindings {
  problems: { exitCode: ExitCode; problem: Problem }[];
  /** What cannot be restored here, and without which a restore is possible once accepted. */
  obstacles: LeftOutEntry[];
  notices: string[];
}

/** Everything that would go wrong, found at once and before anything is touched. Pure: it judges what was read. */
export function preflight(request: PreflightRequest): PreflightFindings {
  const { facts, databases } = request;
  const problems = [
    ...serverProblems(request),
    ...databases.flatMap((database) => databaseProblems(database, request)),
    ...sessionProblems(request),
  ];
  const obstacles = databases.flatMap((database) => obstaclesOf(database, request));
  const bytes = databases.reduce((sum, { planned }) => sum + (planned.bytes ?? 0), 0);
  const notices = [
    ...databases.flatMap((database) => databaseNotices(database, facts)),
    ...(bytes > 0 ? [`the rows are about ${bytes} bytes as text; how much room the server's disk has cannot be asked over SQL`] : []),
  ];
  return { problems, obstacles, notices };
}

function serverProblems({ facts, databases }: PreflightRequest): PreflightFindings["problems"] {
  const { role } = facts;
  const creates = databases.filter(({ planned }) => planned.scratch !== null);
  const problems: PreflightFindings["problems"] = [];
  if (facts.inRecovery) {
    const reason = "the server is a standby and takes no writes";
    problems.push({
      exitCode: ExitCode.Configuration,
      problem: { where: "target", received: facts.address, reason, next: "restore into its primary" },
    });
  }
  if (creates.length > 0 && !role.superuser && !role.createDatabase) {
    const reason = `role ${shownName(role.name)} may not create databases, and a restore loads into a new one`;
    problems.push({
      exitCode: ExitCode.Permission,
      problem: {
        where: "connection.user",
        received: role.name,
        reason,
        next: `ALTER ROLE ${shownName(role.name)} CREATEDB, or restore into an existing database with --in-place --clean`,
      },
    });
  }
  return problems;
}

function databaseProblems(
  database: PreflightDatabase,
  { facts, memberships, noOwner, verify }: PreflightRequest,
): PreflightFindings["problems"] {
  const { planned, header, entries, properties } = database;
  const where = `database ${shownName(planned.source)}`;
  const problems: PreflightFindings["problems"] = [];
  const sourceMajor = Number.parseInt(header?.serverVersion ?? "0", 10);
  if (sourceMajor > facts.major) {
    const reason = "the dump is of a newer server than the target, which may not know what is in it";
    problems.push({
      exitCode: ExitCode.Configuration,
      problem: {
        where,
        received: `PostgreSQL ${facts.version} at the target`,
        allowed: `PostgreSQL ${sourceMajor} or newer`,
        reason,
        next: "restore into a server of that version",
      },
    });
  }
  for (const name of database.scriptExtensions) {
    if (facts.extensions.some((extension) => extension.name === name)) continue;
    const reason = `the script creates extension ${name}, which the server does not have`;
    problems.push({
      exitCode: ExitCode.Configuration,
      problem: { where, reason, next: "install the package that brings it on the server's machine" },
    });
  }
  if (database.localeRefusal !== undefined) {
    const reason = `the target cannot have a database with its locale: ${database.localeRefusal}`;
    const next =
      "install the locale on the server's machine, or create a database of another locale and restore into it with --in-place --clean";
    problems.push({ exitCode: ExitCode.Configuration, problem: { where, received: localeOf(properties), reason, next } });
  }
  const existing = facts.databases.find(({ name }) => name === planned.target);
  if (existing && planned.action !== DatabaseAction.AddTables && !memberships.hasRightsOf(facts.role.name, existing.owner)) {
    const reason = `it exists and belongs to ${shownName(existing.owner)}, and only its owner may replace it`;
    problems.push({
      exitCode: ExitCode.Permission,
      problem: {
        where: `database ${shownName(planned.target)}`,
        reason,
        next: `GRANT ${shownName(existing.owner)} TO ${shownName(facts.role.name)}, or restore as a superuser`,
      },
    });
  }
  if (!noOwner) {
    const owner = properties?.owner ?? existing?.owner ?? facts.role.name;
    if (properties && !memberships.maySet(facts.role.name, owner)) {
      const reason = `role ${shownName(facts.role.name)} may not create a database for ${shownName(owner)}, who owned it`;
      problems.push({
        exitCode: ExitCode.Permission,
        problem: {
          where,
          reason,
          next: `GRANT ${shownName(owner)} TO ${shownName(facts.role.name)}, restore as a superuser, or give --no-owner`,
        },
      });
    }
    problems.push(
      ...ownerProblems(planned.source, owner, entries, facts, memberships).map((problem) => ({ exitCode: ExitCode.Permission, problem })),
    );
  }
  if (!database.monetaryLocaleKnown && entries.some(({ definition }) => /\bmoney\b/.test(definition))) {
    const reason = `columns of type money are read back under the locale they were written with (lc_monetary), and the target does not know it`;
    problems.push({
      exitCode: ExitCode.Configuration,
      problem: {
        where,
        received: properties?.monetaryLocale ?? "unknown",
        reason,
        next: "install the locale on the server's machine and restart the server",
      },
    });
  }
  const forced = entries.filter(({ definition }) => /^ALTER TABLE ONLY .* FORCE ROW LEVEL SECURITY;$/m.test(definition));
  if (verify && forced.length > 0 && !facts.role.superuser && !facts.role.bypassRls) {
    const reason = `role ${shownName(facts.role.name)} could not read back ${forced.map(entryName).join(", ")}: row-level security is forced there, and the restore could not be verified`;
    problems.push({
      exitCode: ExitCode.Permission,
      problem: { where, reason, next: "restore as a role with BYPASSRLS, or give --no-verify" },
    });
  }
  return problems;
}

function sessionProblems({ sessions, stops, facts }: PreflightRequest): PreflightFindings["problems"] {
  const stubborn = sessions.filter(({ mayEnd }) => !mayEnd);
  if (stubborn.length === 0 || stops) return [];
  const reason = `role ${shownName(facts.role.name)} may not end these sessions, and a database cannot be renamed while others are connected`;
  const next =
    "stop these programs, or give --stop with a command that does; pg_signal_backend lets a role end sessions of all but superusers";
  return [
    {
      exitCode: ExitCode.Permission,
      problem: { where: "sessions", received: stubborn.slice(0, 10).map(describeSession).join("; "), reason, next },
    },
  ];
}

function obstaclesOf(
  { planned, entries, refused, properties }: PreflightDatabase,
  { facts, memberships, noOwner, noAcl }: PreflightRequest,
): LeftOutEntry[] {
  const found = entryObstacles(entries, facts, memberships, { noOwner, noAcl, refused });
  const settings = (properties?.settings ?? []).filter(({ role }) => role === null || !noAcl);
  return [
    ...found.map((obstacle) => ({ database: planned.source, ...obstacle })),
    ...settings.flatMap((setting) => {
      const reason = settingObstacle(setting, facts);
      return reason === undefined
        ? []
        : [{ database: planned.source, dumpId: 0, setting: setting.name, entry: `setting ${setting.name}`, ...reason }];
    }),
  ];
}

/** Why a recorded setting cannot be made a database's or a role's here; undefined when it can. */
export function settingObstacle(
  { name }: Pick<SettingRecord, "name">,
  { settings, role, version }: TargetFacts,
): Pick<EntryObstacle, "reason" | "forbidden" | "next"> | undefined {
  const known = settings.get(name.toLowerCase());
  if (known === undefined && !name.includes(".")) {
    return {
      reason: `PostgreSQL ${version} does not know this setting`,
      forbidden: false,
      next: "look for its successor in the release notes",
    };
  }
  // A name with a dot is an extension's or the application's own; of those that it does not know the server trusts superusers alone.
  if (known?.maySet || role.superuser || role.managedAdministrator !== null) return undefined;
  return { reason: `role ${shownName(role.name)} may not set it for a database`, forbidden: true, next: "restore as a superuser" };
}
function databaseNotices(
  { planned, entries, extensions, properties, monetaryLocaleKnown }: PreflightDatabase,
  facts: TargetFacts,
): string[] {
  const name = shownName(planned.source);
  const versions = extensions.flatMap((extension) => {
    const available = facts.extensions.find((one) => one.name === extension.name);
    const same =
      available === undefined ||
      available.defaultVersion === extension.version ||
      !entries.some((entry) => entry.description === "EXTENSION" && entry.tag === extension.name);
    return same ? [] : [`extension ${extension.name} of ${name} was version ${extension.version} and becomes ${available.defaultVersion}`];
  });
  const subscriptions = entries.filter(({ description }) => description === "SUBSCRIPTION").map(({ tag }) => shownName(tag));
  const missing = missingTablespaces(entries, properties, facts);
  return [
    ...versions,
    ...(subscriptions.length > 0 ? [`subscriptions of ${name} are restored disabled and without a slot: ${subscriptions.join(", ")}`] : []),
    ...(missing.length > 0
      ? [
          `tablespaces of ${name} that this server lacks or the role may not use: ${missing.join(", ")}; what lay there goes to the default tablespace`,
        ]
      : []),
    ...(properties !== null && !monetaryLocaleKnown
      ? [`lc_monetary of ${name} was ${properties.monetaryLocale}, which this server does not know; no column is of type money`]
      : []),
  ];
}

/** Tablespaces that objects or the database lay in and that cannot be used here. */
export function missingTablespaces(
  entries: readonly ArchiveEntry[],
  properties: DatabaseProperties | null,
  { tablespaces }: TargetFacts,
): string[] {
  const usable = new Set(tablespaces.filter(({ mayCreate }) => mayCreate).map(({ name }) => name));
  const used = new Set([...entries.map(({ tablespace }) => tablespace), properties?.tablespace ?? ""]);
  return [...used].filter((name) => name !== "" && name !== "pg_default" && !usable.has(name)).sort();
}

function localeOf(properties: DatabaseProperties | null): string {
  const { localeProvider, locale, collate, ctype } = properties ?? {};
  return [localeProvider, locale, collate === ctype ? collate : `${collate}, ${ctype}`].filter((part) => part).join(" ");
}
