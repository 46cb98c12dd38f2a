import { type AgentConfig, type Connection, ExitCode, ProblemError, SnapshotFallback, type SnapshotMethod } from "@pgkeep/core";
import { assertServer, CURRENT_LSN, readServer } from "../postgresql/server.js";
import { openSession, type Session, type SessionOptions } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import type { HeldDatabase, HeldSnapshot } from "./HeldSnapshot.js";
import { keepAlive } from "./keepAlive.js";
import { type LockableTable, listLockableTables } from "./lockableTables.js";
import { openSessions } from "./openSessions.js";
import { isRecoveryConflict, PausedReplay } from "./PausedReplay.js";
import { Rendezvous, type View } from "./Rendezvous.js";
import { assertSameServer } from "./sameServer.js";
import { underShareLocks } from "./shareLocks.js";
import { lockedOutProblem, TableLocks } from "./TableLocks.js";

export type { HeldDatabase, HeldSnapshot, TableName } from "./HeldSnapshot.js";

const REPORT_EVERY_MILLISECONDS = 5_000;

/** What is under way between the first connection and the held snapshot. */
interface Attempt {
  connection: Connection;
  options: AgentConfig["snapshot"];
  reporter: Reporter;
  databases: readonly string[];
  holders: readonly Session[];
  locks: readonly TableLocks[];
  rendezvous: Rendezvous;
  began: number;
  /** Tries that met at one instant and were given up for a table that had just come up. */
  newTables: number;
}

/**
 * Freezes one instant over several databases of one server, and holds it until `release`.
 *
 * PostgreSQL's snapshots are cluster-wide and only ever usable in one database. Equal texts of pg_current_snapshot() in several databases
 * therefore prove one instant on a primary: the text changes with every transaction that ends.
 *
 * Per database there are two sessions. The *locker* holds ACCESS SHARE locks on every table, taken before any snapshot: a TRUNCATE or a
 * rewriting ALTER TABLE between the snapshot and pg_dump's own locks would make pg_dump write zero rows and exit 0 (seen on 15). The *holder*
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
    return held(attempt, method, frozen, replay, release);
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

/** The first database's locker: what it tells about the server decides how to go on. On a standby replay stands still from here on. */
async function openBase(
  connection: Connection,
  databases: readonly string[],
  options: AgentConfig["snapshot"],
  sessionOptions: SessionOptions,
): Promise<{ session: Session; replay: PausedReplay | undefined }> {
  const deadline = performance.now() + options.timeout;
  for (;;) {
    let session: Session | undefined;
    try {
      session = await openSession(connection, databases[0] ?? connection.maintenanceDatabase, sessionOptions);
      const server = await readServer(session);
      assertServer(server);
      return {
        session,
        replay: server.inRecovery ? await standStill(connection, session.database, options.fallback, sessionOptions) : undefined,
      };
    } catch (error) {
      await session?.end();
      if (!isRecoveryConflict(error) || performance.now() > deadline) throw error;
    }
  }
}

/** On a standby equal texts prove nothing (transactions in progress are missing from them), so replay has to stand still throughout. */
async function standStill(
  connection: Connection,
  database: string,
  fallback: SnapshotFallback,
  sessionOptions: SessionOptions,
): Promise<PausedReplay> {
  const found = await PausedReplay.find(connection, database, sessionOptions);
  if (found !== undefined) return found;
  if (fallback === SnapshotFallback.PauseStandby) return await PausedReplay.pause(connection, database, sessionOptions);
  throw new ProblemError(ExitCode.Configuration, {
    where: "connection.host",
    received: `${connection.host}, a hot standby whose replay goes on`,
    allowed: "a primary, or a standby whose replay is paused throughout",
    reason: "on a standby equal snapshots do not prove one instant",
    next: "connect to the primary, pause replay around the backup (pg_wal_replay_pause()), or set snapshot.fallback to pause-standby with a role that may",
  });
}

async function lockTables(attempt: Attempt, replay: PausedReplay | undefined): Promise<void> {
  const { connection, options, locks, began } = attempt;
  for (;;) {
    const inTime = await Promise.all(locks.map((one) => one.lockAll(options.lockTimeout)));
    if (inTime.every(Boolean)) return;
    const waited = performance.now() - began;
    // A paused replay may stand in the middle of a transaction that holds a table for itself; then it has to get past it.
    const another = waited < options.timeout && (replay === undefined || (await moveOn(replay, locks)));
    if (!another)
      throw await lockedOutProblem(connection, locks, ["AccessExclusiveLock"], "ACCESS SHARE locks", `${Math.round(waited)} ms`);
  }
}

/** False when the pause is not ours to interrupt. Without our locks, which replay would otherwise meet and end by force. */
async function moveOn(replay: PausedReplay, locks: readonly TableLocks[]): Promise<boolean> {
  await Promise.all(locks.map((one) => one.restart()));
  return await replay.moveOn();
}

interface FrozenDatabase {
  view: View;
  tables: LockableTable[];
}

async function freeze(attempt: Attempt, replay: PausedReplay | undefined): Promise<{ method: SnapshotMethod; frozen: FrozenDatabase[] }> {
  const { options, rendezvous, reporter, locks } = attempt;
  let reportAt = performance.now() + REPORT_EVERY_MILLISECONDS;
  do {
    const frozen = await tryOnce(attempt);
    if (frozen !== undefined) return { method: replay === undefined ? "synchronised" : "paused-standby", frozen };
    if (performance.now() > reportAt) {
      reportAt += REPORT_EVERY_MILLISECONDS;
      reporter.info(`still looking for a common instant: ${rendezvous.tries} tries`);
    }
  } while (performance.now() - attempt.began < options.timeout);
  if (options.fallback !== SnapshotFallback.Lock || replay !== undefined) throw noCommonInstant(attempt);
  reporter.warning(`${noCommonInstant(attempt).problems[0]?.reason}; taking a short SHARE lock on every table, as configured`);
  const bound = Math.max(options.timeout, options.lockTimeout);
  const frozen = await underShareLocks(attempt.connection, locks, options.lockTimeout, bound, async (shared) => {
    const views = await rendezvous.meet();
    const tables = await visibleTables(attempt);
    return tables.every((list, i) => list.every((table) => !table.readable || shared(i, table))) ? freezeAll(views, tables) : undefined;
  });
  return { method: "share-lock", frozen };
}

/** One try: undefined when the databases were not seen at one instant, or one of them showed a table that was not locked before. */
async function tryOnce(attempt: Attempt): Promise<FrozenDatabase[] | undefined> {
  const views = await attempt.rendezvous.meet();
  if (new Set(views.map(({ text }) => text)).size > 1) return undefined;
  const { locks, options } = attempt;
  const tables = await visibleTables(attempt);
  const complete = locks.map((one, i) => (tables[i] ?? []).every((table) => !table.readable || one.covers(table)));
  if (complete.every(Boolean)) return freezeAll(views, tables);
  attempt.newTables++;
  // Locked before the next snapshot is taken. One that is not to be had now is tried again then.
  await Promise.all(locks.map((one, i) => complete[i] || one.lockAll(options.lockTimeout)));
  return undefined;
}

function visibleTables({ holders }: Attempt): Promise<LockableTable[][]> {
  return Promise.all(holders.map((holder) => listLockableTables(holder)));
}

function freezeAll(views: readonly View[], tables: readonly LockableTable[][]): FrozenDatabase[] {
  return views.map((view, i) => ({ view, tables: tables[i] ?? [] }));
}

function noCommonInstant({ databases, rendezvous, began, newTables, options }: Attempt): ProblemError {
  const apart = rendezvous.spreadMilliseconds;
  const reasons = [
    databases.length > 1
      ? `their sessions met within ${apart.toFixed(apart < 10 ? 1 : 0)} ms of each other, in which transactions went on ending`
      : "",
    newTables > 0 ? `${newTables} times a new table had come up in between` : "",
  ].filter((text) => text !== "");
  return new ProblemError(ExitCode.TryAgain, {
    where: "snapshot.timeout",
    received: `${options.timeout} ms; ${rendezvous.tries} tries in ${Math.round(performance.now() - began)} ms`,
    reason: `no instant common to ${databases.join(", ")} was found: ${reasons.join("; ")}`,
    next: "run at a quieter time or nearer to the server, raise snapshot.timeout, or set snapshot.fallback to lock with a role that may lock the tables",
  });
}

async function held(
  attempt: Attempt,
  method: SnapshotMethod,
  frozen: readonly FrozenDatabase[],
  replay: PausedReplay | undefined,
  release: () => Promise<void>,
): Promise<HeldSnapshot> {
  const { holders, locks, rendezvous, began } = attempt;
  const exported = await Promise.all(
    holders.map(async (holder) => {
      const [row] = await holder.query<{ id: string; lsn: string }>(
        `SELECT pg_catalog.pg_export_snapshot() AS id, (${CURRENT_LSN})::text AS lsn`,
      );
      if (row === undefined) throw new Error("the server exported no snapshot");
      return row;
    }),
  );
  const databases = frozen.map(({ view, tables }, i): HeldDatabase => {
    const [session, snapshot] = [holders[i], exported[i]];
    if (session === undefined || snapshot === undefined) throw new Error("a database without a session");
    const named = (readable: boolean) =>
      tables.filter((table) => table.readable === readable).map(({ schema, name }) => ({ schema, name }));
    return {
      database: session.database,
      session,
      snapshotText: view.text,
      exportedSnapshot: snapshot.id,
      tables: named(true),
      unreadable: named(false),
    };
  });
  let lockers = [...locks];
  const watch = keepAlive(
    () => [...holders, ...lockers.map(({ session }) => session)],
    async () => replay?.assertStillPaused(),
  );
  const lost = Promise.race([watch.lost, ...(replay === undefined ? [] : [replay.lost])]).then((problem) => {
    throw problem;
  });
  // Whoever holds the snapshot races against it; a loss after the release must not count as unhandled.
  lost.catch(() => undefined);
  return {
    proof: {
      method,
      text: databases[0]?.snapshotText ?? "",
      tries: rendezvous.tries,
      milliseconds: Math.round(performance.now() - began),
      lsn: exported[0]?.lsn ?? "",
      takenAt: new Date(Math.max(...frozen.map(({ view }) => view.at)) * 1000).toISOString(),
    },
    databases,
    lost,
    assertStillHeld: () => assertStillHeld(databases, lockers, replay),
    describeWaiters: async () => (await Promise.all(lockers.map((one) => one.describeWaiters()))).flat(),
    releaseLocks: async () => {
      const released = lockers;
      lockers = [];
      await Promise.all(released.map(({ session }) => session.end()));
    },
    release: async () => {
      watch.stop();
      await release();
    },
  };
}

async function assertStillHeld(
  databases: readonly HeldDatabase[],
  locks: readonly TableLocks[],
  replay: PausedReplay | undefined,
): Promise<void> {
  try {
    const texts = await Promise.all(
      databases.map(({ session }) => session.query<{ text: string }>("SELECT pg_catalog.pg_current_snapshot()::text AS text")),
    );
    // Fails in a transaction that was aborted, and with it lost its locks.
    await Promise.all(locks.map(({ session }) => session.query("SELECT 1")));
    const [changed] = databases.filter(({ snapshotText }, i) => texts[i]?.[0]?.text !== snapshotText);
    if (changed !== undefined) throw new Error(`the snapshot in ${changed.database} is no longer ${changed.snapshotText}`);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(
      ExitCode.TryAgain,
      {
        where: "snapshot",
        received: error instanceof Error ? error.message : String(error),
        reason: "the databases were not held at the instant until the end, so what was dumped is not known to be of it",
        next: "run again",
      },
      { cause: error },
    );
  }
  await replay?.assertStillPaused();
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
