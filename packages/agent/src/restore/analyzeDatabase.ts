import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Connection } from "@pgkeep/core";
import { type ChildEnvironmentOptions, childEnvironment } from "../postgresql/childEnvironment.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { restoreFailure } from "./restoreFailure.js";

/**
 * Collects the planner's statistics, which a dump does not hold: without them the first queries can take hours. Through psql, because its
 * settings come with the connection, before anything in the restored database can run (an event trigger ON login, from 17 on).
 */
export async function analyzeDatabase(
  programs: PostgresPrograms,
  connection: Connection,
  database: string,
  session: ChildEnvironmentOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await promisify(execFile)(
      programs.path("psql"),
      ["--no-psqlrc", "--no-password", "--quiet", "--set=ON_ERROR_STOP=1", "--command=ANALYZE"],
      {
        env: { ...childEnvironment(connection, session), PGDATABASE: database },
        ...(signal ? { signal } : {}),
      },
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw restoreFailure(database, `ANALYZE failed: ${(error as Error & { stderr?: string }).stderr || (error as Error).message}`, null);
  }
}
