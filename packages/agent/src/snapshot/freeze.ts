import { type AgentConfig, type Connection, ExitCode, ProblemError, SnapshotFallback, type SnapshotMethod } from "@pgkeep/core";
import type { Session } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import { type LockableTable, listLockableTables } from "./lockableTables.js";
import type { PausedReplay } from "./PausedReplay.js";
import type { Rendezvous, View } from "./Rendezvous.js";
import { underShareLocks } from "./shareLocks.js";
import { lockedOutProblem, type TableLocks } from "./TableLocks.js";

const REPORT_EVERY_MILLISECONDS = 5_000;

/** What is under way between the first connection and the held snapshot. */
export interface Attempt {
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

/** Locks every table of every database, waiting within the bound for those that somebody holds for himself. */
export async function lockTables(attempt: Attempt, replay: PausedReplay | undefined): Promise<void> {
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

/** A database whose holder has taken the common snapshot. */
export interface FrozenDatabase {
  view: View;
  tables: LockableTable[];
}

/** Tries until all holders have one instant, or the bound is past; then does what is configured for that. */
export async function freeze(
  attempt: Attempt,
  replay: PausedReplay | undefined,
): Promise<{ method: SnapshotMethod; frozen: FrozenDatabase[] }> {
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
