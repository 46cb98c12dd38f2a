import { ProblemError } from "@pgkeep/core";
import type { Session } from "../postgresql/session.js";
import { serverMessage, sqlState } from "../postgresql/sessionProblem.js";

/** What could not be read, in a few words. Nobody's backup fails over it. */
export class ReadRefused extends Error {}

/**
 * Reads within the transaction that a session holds and puts everything back: settings, and the transaction itself where the server refused. Rows
 * that row-level security would hide are a refusal, because half of the migrations would look like an older version. Whoever holds the
 * table is not waited for.
 */
export async function readWithin<Result>(session: Session, read: () => Promise<Result>): Promise<Result> {
  await session.query("SAVEPOINT pgkeep_read");
  try {
    await session.queryLast("SET LOCAL row_security = off; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '10s'");
    return await read();
  } catch (error) {
    if (error instanceof ProblemError || sqlState(error) === undefined) throw error;
    throw new ReadRefused(serverMessage(error), { cause: error });
  } finally {
    // Where the session is lost this fails as well, and the first reason counts.
    await session.queryLast("ROLLBACK TO SAVEPOINT pgkeep_read; RELEASE SAVEPOINT pgkeep_read").catch(() => undefined);
  }
}
