import { ProblemError } from "@pgkeep/core";
import { findPrograms, type PostgresPrograms, type ProgramName } from "./programs.js";

/**
 * PostgreSQL's programs of a major version, or else the newest above it. A newer pg_dump serves an older server, but it writes what only its
 * own version can read back without help, so the server's own is better wherever it is installed.
 */
export async function nearestPrograms(needed: readonly ProgramName[], major: number, folder?: string): Promise<PostgresPrograms> {
  const within = folder === undefined ? {} : { folder };
  try {
    return await findPrograms(needed, { ...within, major });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return await findPrograms(needed, { ...within, atLeast: major });
  }
}
