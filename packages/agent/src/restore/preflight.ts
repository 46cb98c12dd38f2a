import { type DatabaseProperties, ExitCode, type ExtensionRecord, formatSize, type Problem } from "@pgkeep/core";
import type { ArchiveEntry, ArchiveHeader } from "../archive/ArchiveEntry.js";
import { shownName } from "../postgresql/objectName.js";
import { databaseNotices } from "./databaseNotices.js";
import { databaseProblems } from "./databaseProblems.js";
import { describeSession, type OtherSession } from "./endSessions.js";
import { entryObstacles } from "./entryObstacles.js";
import type { PlannedDatabase } from "./RestorePlan.js";
import type { LeftOutEntry } from "./RestoreResult.js";
import type { RoleMemberships } from "./RoleMemberships.js";
import { settingObstacle } from "./settingObstacle.js";
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
  /** Entries that not even a managed service's administrators may create, with the server's words, by dump id. */
  denied?: ReadonlyMap<number, string>;
  /** Settings that they may not set, with the server's words, by name in lower case. */
  deniedSettings?: ReadonlyMap<string, string>;
  /** Settings that name a library which the server cannot load, with its words. */
  refusedLibraries: ReadonlyMap<string, string>;
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
    ...(bytes > 0 ? [`the rows are about ${formatSize(bytes)} as text; how much room the server's disk has cannot be asked over SQL`] : []),
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
  { planned, entries, refused, denied, deniedSettings, properties, refusedLibraries }: PreflightDatabase,
  { facts, memberships, noOwner, noAcl }: PreflightRequest,
): LeftOutEntry[] {
  const found = entryObstacles(entries, facts, memberships, { noOwner, noAcl, refused, ...(denied ? { denied } : {}) });
  const settings = (properties?.settings ?? []).filter(({ role }) => role === null || !noAcl);
  return [
    ...found.map((obstacle) => ({ database: planned.source, ...obstacle })),
    ...settings.flatMap((setting) => {
      const reason = settingObstacle(setting, facts, refusedLibraries, deniedSettings);
      return reason === undefined
        ? []
        : [{ database: planned.source, dumpId: 0, setting: setting.name, entry: `setting ${setting.name}`, ...reason }];
    }),
  ];
}
