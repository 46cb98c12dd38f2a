import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import { shownName, sqlName } from "../postgresql/objectName.js";
import { openSession, type Session } from "../postgresql/session.js";
import { serverMessage, sqlState } from "../postgresql/sessionProblem.js";
import { findBlockers } from "./blockers.js";
import { describeSession, endSessions, otherSessions } from "./endSessions.js";
import { serverRefusal } from "./serverRefusal.js";

/** One restored database and the name it is to take. */
export interface Swap {
  scratch: string;
  target: string;
  /** The name the present owner of the target name gets; null where the name is free. */
  replacedAs: string | null;
  /** Statements that finish the restored database under its new name, in the same transaction. */
  finish: readonly string[];
}

const OBJECT_IN_USE = "55006";
const END_SESSIONS_EVERY_MILLISECONDS = 100;
/** RENAME itself waits 5 seconds for the others to go (CountOtherDBBackends); this is for whoever holds the database's lock, for example a copy. */
const LOCK_TIMEOUT = "30s";

/**
 * Gives all restored databases their names in one transaction, so that at every instant either all or none have them, and also when the
 * agent or the server dies in the middle.
 *
 * No fence has to be put up before and lifted after: ALTER DATABASE … RENAME takes the database's exclusive lock first, at which every new
 * connection waits, and only then waits for present sessions to go, which a second session of ours ends meanwhile. A rollback leaves nothing
 * behind. Connections that waited are told that the database was renamed, and find the new one at their next try.
 */
export async function swapDatabases(connection: Connection, maintenanceDatabase: string, swaps: readonly Swap[]): Promise<void> {
  const replaced = swaps.flatMap(({ target, replacedAs }) => (replacedAs === null ? [] : [target]));
  const emptied = [...replaced, ...swaps.map(({ scratch }) => scratch)];
  const renaming = await openSession(connection, maintenanceDatabase, { settings: { lock_timeout: LOCK_TIMEOUT } });
  try {
    const ending = await openSession(connection, maintenanceDatabase);
    try {
      // The preflight looked hours ago, perhaps.
      const blockers = await findBlockers(ending, replaced);
      if (blockers.length > 0)
        throw new ProblemError(
          ExitCode.Configuration,
          blockers.map(({ problem }) => problem),
        );
      await renameAll(renaming, ending, swaps, emptied);
    } finally {
      await ending.end();
    }
  } catch (error) {
    if (await tookPlace(connection, maintenanceDatabase, swaps)) return;
    throw error;
  } finally {
    await renaming.end();
  }
}

async function renameAll(renaming: Session, ending: Session, swaps: readonly Swap[], emptied: readonly string[]): Promise<void> {
  const done = new AbortController();
  // A failure here shows as a rename that waits in vain, and is explained then.
  const ended = endAgainAndAgain(ending, emptied, done.signal).catch(() => undefined);
  try {
    await renaming.query("BEGIN");
    for (const { target, replacedAs } of swaps) {
      if (replacedAs !== null) await renaming.query(`ALTER DATABASE ${sqlName(target)} RENAME TO ${sqlName(replacedAs)}`);
    }
    for (const { scratch, target, finish } of swaps) {
      await renaming.query(`ALTER DATABASE ${sqlName(scratch)} RENAME TO ${sqlName(target)}`);
      for (const statement of finish) await renaming.query(statement);
    }
    await renaming.query("COMMIT");
  } catch (error) {
    done.abort();
    await ended;
    throw await explain(error, ending, emptied);
  }
  done.abort();
  await ended;
}

async function endAgainAndAgain(session: Session, databases: readonly string[], done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    await endSessions(session, databases);
    await sleep(END_SESSIONS_EVERY_MILLISECONDS, undefined, { signal: done }).catch(() => undefined);
  }
}

/** A connection may be lost around COMMIT: then the names tell whether it took place. */
async function tookPlace(connection: Connection, maintenanceDatabase: string, swaps: readonly Swap[]): Promise<boolean> {
  try {
    const session = await openSession(connection, maintenanceDatabase);
    try {
      const left = await session.query("SELECT FROM pg_database WHERE datname = ANY ($1)", [swaps.map(({ scratch }) => scratch)]);
      return swaps.length > 0 && left.length === 0;
    } finally {
      await session.end();
    }
  } catch {
    return false;
  }
}

async function explain(error: unknown, session: Session, databases: readonly string[]): Promise<unknown> {
  if (sqlState(error) !== OBJECT_IN_USE) return serverRefusal("swap of databases", "all databases are as they were", error);
  const sessions = await otherSessions(session, databases);
  const stubborn = sessions.filter(({ mayEnd }) => !mayEnd);
  const seen = (stubborn.length > 0 ? stubborn : sessions).slice(0, 10).map(describeSession);
  return new ProblemError(
    stubborn.length > 0 ? ExitCode.Permission : ExitCode.TryAgain,
    {
      where: `databases ${databases.map((name) => shownName(name)).join(", ")}`,
      received: seen.length > 0 ? seen.join("; ") : serverMessage(error),
      reason: "they cannot be renamed while others are connected, and these did not go; all databases are as they were",
      next:
        stubborn.length > 0
          ? "stop these programs, or GRANT pg_signal_backend to the restoring role (superusers' sessions only a superuser may end)"
          : "run again, and stop the programs that connect if it does not help",
    },
    { cause: error },
  );
}
