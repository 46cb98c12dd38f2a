import type { Session } from "../postgresql/session.js";

/** A session in a database that has to be alone. */
export interface OtherSession {
  database: string;
  processId: number;
  role: string | null;
  program: string;
  mayEnd: boolean;
}

/** Sessions of others in these databases, and whether this role may end them (pg_signal_backend may not end a superuser's). */
export function otherSessions(session: Session, databases: readonly string[]): Promise<OtherSession[]> {
  return session.query<OtherSession>(
    `SELECT a.datname::text AS database, a.pid AS "processId", a.usename::text AS role,
            coalesce(nullif(a.application_name, ''), a.backend_type, 'unknown program') AS program, ${MAY_END} AS "mayEnd"
       FROM pg_stat_activity a LEFT JOIN pg_roles owner ON owner.oid = a.usesysid
      WHERE a.datname = ANY ($1) AND a.pid <> pg_backend_pid()
        -- Hidden from roles without pg_read_all_stats; RENAME itself ends autovacuum.
        AND coalesce(a.backend_type, '') NOT LIKE 'autovacuum%'
      ORDER BY 1, 2`,
    [databases],
  );
}

const MAY_END = `coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false)
              OR coalesce(pg_has_role(a.usesysid, 'USAGE'), false)
              OR (NOT coalesce(owner.rolsuper, true) AND pg_has_role('pg_signal_backend', 'USAGE'))`;

/** Ends all sessions of others in these databases that this role may end. */
export async function endSessions(session: Session, databases: readonly string[]): Promise<void> {
  await session.query(
    `SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a LEFT JOIN pg_roles owner ON owner.oid = a.usesysid
      WHERE a.datname = ANY ($1) AND a.pid <> pg_backend_pid() AND (${MAY_END})`,
    [databases],
  );
}

export function describeSession({ processId, role, program, database }: OtherSession): string {
  return `process ${processId} of ${role ?? "the server"} (${program}) in ${database}`;
}
