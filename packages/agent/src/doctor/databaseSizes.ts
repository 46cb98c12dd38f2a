import type { Session } from "../postgresql/session.js";
import { sqlState } from "../postgresql/sessionProblem.js";

/** Bytes on disk of some databases together; undefined where the role may not ask (it needs CONNECT on each, or pg_read_all_stats). */
export async function databaseSizes(session: Session, databases: readonly string[]): Promise<number | undefined> {
  try {
    const [row] = await session.query<{ bytes: string }>(
      "SELECT coalesce(sum(pg_catalog.pg_database_size(datname)), 0)::text AS bytes FROM pg_catalog.pg_database WHERE datname = ANY($1)",
      [[...databases]],
    );
    return Number(row?.bytes ?? 0);
  } catch (error) {
    if (sqlState(error) === "42501") return undefined;
    throw error;
  }
}
