import { ExitCode, ProblemError } from "@pgkeep/core";
import type { PostgresPrograms } from "./programs.js";
import type { Session } from "./session.js";

/** The majors that pgkeep is built for. A newer server is refused: what its catalogues and dumps hold beyond these is not known yet. */
export const OLDEST_SERVER = 14;
export const NEWEST_SERVER = 18;

/** What a server says about itself. */
export interface Server {
  /** For example 18.4. */
  version: string;
  /** server_version_num, for example 180004. */
  versionNumber: number;
  /** For example 18. */
  major: number;
  /** Whether it is a standby. */
  inRecovery: boolean;
  /** Identifies the cluster for ever; null where pg_control_system() is not allowed. */
  systemIdentifier: string | null;
  /** Null where nothing that tells it is allowed. */
  timeline: number | null;
  /** End of the write-ahead log on a primary, what is replayed on a standby. */
  lsn: string;
  clock: Date;
}

interface Row {
  version: string;
  number: number;
  recovering: boolean;
  system: string | null;
  timeline: number | null;
  lsn: string;
  clock: string;
}

/** Functions that managed services may have revoked. */
const GUARDED = ["pg_control_system()", "pg_control_checkpoint()", "pg_control_recovery()", "pg_walfile_name(pg_lsn)"] as const;

/**
 * Asks without ever failing for a missing permission: an error would abort the transaction that the caller may hold. On a primary the name
 * of the current log file tells the timeline too, whatever else is revoked.
 */
export async function readServer(session: Session): Promise<Server> {
  // A question of its own: EXECUTE is checked for every function of a statement before it runs, also in a branch of CASE that it never takes.
  const allowed = await session.query<{ name: string }>(
    "SELECT name FROM pg_catalog.unnest($1::text[]) AS name WHERE pg_catalog.has_function_privilege('pg_catalog.' || name, 'EXECUTE')",
    [[...GUARDED]],
  );
  const may = (...names: (typeof GUARDED)[number][]) => names.every((name) => allowed.some((row) => row.name === name));
  const timelines = [
    ...(may("pg_walfile_name(pg_lsn)")
      ? [
          `CASE WHEN NOT pg_catalog.pg_is_in_recovery()
                THEN ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8))::bit(32)::int END`,
        ]
      : []),
    ...(may("pg_control_checkpoint()", "pg_control_recovery()")
      ? // A standby that follows a promotion knows the new timeline from its recovery before its next restart point.
        ["greatest((pg_catalog.pg_control_checkpoint()).timeline_id, (pg_catalog.pg_control_recovery()).min_recovery_end_timeline)"]
      : []),
  ];
  const [row] = await session.query<Row>(`
    SELECT pg_catalog.current_setting('server_version') AS version,
           pg_catalog.current_setting('server_version_num')::int AS number,
           pg_catalog.pg_is_in_recovery() AS recovering,
           ${may("pg_control_system()") ? "(pg_catalog.pg_control_system()).system_identifier::text" : "NULL"} AS system,
           ${timelines.length > 0 ? `coalesce(${timelines.join(", ")})` : "NULL"} AS timeline,
           (${CURRENT_LSN})::text AS lsn,
           pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS clock`);
  if (row === undefined) throw new Error("the server answered no row about itself");
  return {
    version: row.version.split(" ")[0] ?? row.version,
    versionNumber: row.number,
    major: Math.floor(row.number / 10_000),
    inRecovery: row.recovering,
    systemIdentifier: row.system,
    timeline: row.timeline,
    lsn: row.lsn,
    clock: new Date(row.clock),
  };
}

/** SQL for the log position that bounds what a snapshot taken before it can see. */
export const CURRENT_LSN =
  "CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_insert_lsn() END";

/** Refuses servers outside the supported majors and, where programs are given, a pg_dump older than the server. */
export function assertServer(server: Server, programs?: PostgresPrograms): void {
  if (server.major < OLDEST_SERVER || server.major > NEWEST_SERVER) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "server",
      received: `PostgreSQL ${server.version}`,
      allowed: `PostgreSQL ${OLDEST_SERVER} to ${NEWEST_SERVER}`,
      reason:
        server.major > NEWEST_SERVER
          ? "this release of pgkeep was not tested with a server this new and cannot promise that its backups are whole"
          : "this server is too old and no longer maintained",
      next: server.major > NEWEST_SERVER ? "use a newer release of pgkeep" : `upgrade the server to ${OLDEST_SERVER} or later`,
    });
  }
  if (programs !== undefined && programs.version < server.major) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "programs",
      received: `pg_dump ${programs.versionText} in ${programs.folder}`,
      allowed: `pg_dump ${server.major} or newer`,
      reason: `the client is older than the server, which is PostgreSQL ${server.version}; an older pg_dump cannot know what is new in it`,
      next: `install the package postgresql-client-${server.major}, or name its folder in dump.programs or PGKEEP_PG_BIN`,
    });
  }
}
