import { type AgentConfig, type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import type { Session, SessionOptions } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import { openBase } from "./baseSession.js";
import { type Attempt, freeze, lockTables } from "./freeze.js";
import type { HeldSnapshot } from "./HeldSnapshot.js";
import { keepHeld } from "./keepHeld.js";
import { openSessions } from "./openSessions.js";
import type { PausedReplay } from "./PausedReplay.js";
import { Rendezvous } from "./Rendezvous.js";
import { assertSameServer } from "./sameServer.js";
import { TableLocks } from "./TableLocks.js";

export type { HeldDatabase, HeldSnapshot, TableName } from "./HeldSnapshot.js";

/**
 * Freezes one instant over several databases of one server, and holds it until `release`.
 *
 * PostgreSQL's snapshots are cluster-wide and only ever usable in one database. Equal texts of pg_current_snapshot() in several databases
 * therefore prove one instant on a primary: the text changes with every transaction that ends.
 *
 * Per database there are two sessions. The *locker* holds ACCESS SHARE locks on every table, taken before any snapshot: a TRUNCATE or a
 * rewriting ALTER TABLE between the snapshot and pg_dump's own locks would make pg_dump write zero rows and exit 0 (seen on 15, 16, 18). The *holder*
 * begins a REPEATABLE READ transaction and takes its snapshot, in all databases at once, until the texts are equal and every table visible
 * is in its locker's list; then it exports it.
 * One session could do both, but each try would have to give up the locks with the snapshot and take them again, which costs a round trip
 * and a scan of the catalogue per try and never settles beside busy DDL. Apart, a try is one round trip, a table that comes up is added to
 * the locks that stay, and the locker holds back no vacuum, as LOCK takes no snapshot.
 *
 * pg_dump still has to take ACCESS SHARE locks of its own and must do so while ours are held, soon and with a bound: see `waitForDumpLocks`.
 *
 * While it is held: writers are not blocked. DDL, TRUNCATE, VACUUM FULL and CREATE INDEX CONCURRENTLY wait, and whoever uses a table waits
 * behind a TRUNCATE that waits for it, as during any pg_dump. Vacuum keeps what was dead after the instant in these databases.
 */
export async function holdSnapshot(
  connection: Connection,
  databases: readonly string[],
  options: AgentConfig["snapshot"],
  reporter: Reporter,
  sessionOptions: SessionOptions = {},
): Promise<HeldSnapshot> {
  assertNames(databases);
  const began = performance.now();
  const sessions: Session[] = [];
  let replay: PausedReplay | undefined;
  const release = async () => {
    await replay?.end().catch((error: unknown) => reporter.warning(error instanceof Error ? error.message : String(error)));
    await Promise.allSettled(sessions.map((session) => session.end()));
  };
  try {
    // Before any other session: on a standby whose replay goes on, statements are cancelled when they stand in its way.
    const base = await openBase(connection, databases, options, sessionOptions);
    sessions.push(base.session);
    replay = base.replay;
    sessions.push(...(await openSessions(connection, [...databases.slice(1), ...databases], sessionOptions)));
    await assertSameServer(connection, sessions);
    const holders = sessions.slice(databases.length);
    const locks = await Promise.all(sessions.slice(0, databases.length).map((session) => TableLocks.begin(session)));
    const rendezvous = new Rendezvous(holders);
    const attempt: Attempt = { connection, options, reporter, databases, holders, locks, rendezvous, began, newTables: 0 };
    await lockTables(attempt, replay);
    const { method, frozen } = await freeze(attempt, replay);
    await replay?.assertStillPaused();
    return await keepHeld(attempt, method, frozen, replay, release);
  } catch (error) {
    await release();
    throw explain(error);
  }
}

function assertNames(databases: readonly string[]): void {
  const twice = databases.filter((name, i) => databases.indexOf(name) !== i);
  if (databases.length > 0 && twice.length === 0) return;
  throw new ProblemError(ExitCode.Configuration, {
    where: "databases",
    received: databases.length === 0 ? "an empty list" : databases.join(", "),
    allowed: "one or more names, each once",
    reason: databases.length === 0 ? "there is nothing to hold" : `${twice.join(", ")} is named twice`,
    next: "correct the list",
  });
}

/** A statement that the server refused for a reason its user can mend; anything else stays what it is. */
function explain(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === "42501") {
    return new ProblemError(
      ExitCode.Permission,
      { where: "snapshot", received: String(message), reason: "the role lacks a permission", next: "grant it" },
      { cause: error },
    );
  }
  if (code === "57014") {
    return new ProblemError(
      ExitCode.TryAgain,
      { where: "snapshot", received: String(message), reason: "somebody cancelled a statement of the agent", next: "run again" },
      { cause: error },
    );
  }
  return error;
}
