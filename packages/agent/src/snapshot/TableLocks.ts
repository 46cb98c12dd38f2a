import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import type { Session } from "../postgresql/session.js";
import { sqlState } from "../postgresql/sessionProblem.js";
import { type LockableTable, listLockableTables } from "./lockableTables.js";

/** Tables named by one LOCK statement. */
const BATCH = 250;

const BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY";

/** Gone, renamed, replaced by something else, or no longer ours to read since they were listed. */
const CHANGED_SINCE = new Set(["42P01", "3F000", "42809", "42501"]);

/** A lock that is held up: by lock_timeout, or by a deadlock that ended with us. */
const HELD_UP = new Set(["55P03", "40P01"]);

/**
 * ACCESS SHARE locks on every table of one database, held by a READ COMMITTED transaction of their own session.
 *
 * They are not in the transaction that holds the snapshot, because the locks must come first, stay while the snapshot is retried, and grow
 * when a table appears; and LOCK takes no snapshot, so this transaction holds back no vacuum however long it lasts.
 */
export class TableLocks {
  #held = new Set<string>();

  private constructor(readonly session: Session) {}

  static async begin(session: Session): Promise<TableLocks> {
    await session.query(BEGIN);
    return new TableLocks(session);
  }

  /** Gives up all locks and begins again with none. */
  async restart(): Promise<void> {
    this.#held = new Set();
    await this.session.queryLast(`ROLLBACK; ${BEGIN}`);
  }

  covers(table: LockableTable): boolean {
    return this.#held.has(table.oid);
  }

  /**
   * Locks every table that exists and is not locked yet, and again those that came up meanwhile. A table may be dropped, renamed or
   * swapped between its listing and its lock: what is held is therefore read back by oid. False when a lock was not to be had in time.
   */
  async lockAll(lockTimeoutMilliseconds: number): Promise<boolean> {
    for (;;) {
      const missing = (await listLockableTables(this.session)).filter((table) => table.readable && !this.covers(table));
      if (missing.length === 0) return true;
      let inTime = true;
      for (let i = 0; i < missing.length; i += BATCH) {
        inTime = (await this.#lock(missing.slice(i, i + BATCH), lockTimeoutMilliseconds)) && inTime;
      }
      await this.#readBack();
      if (!inTime) return false;
    }
  }

  async #lock(tables: readonly LockableTable[], lockTimeoutMilliseconds: number): Promise<boolean> {
    try {
      await this.attempt(lockStatement(tables, "ACCESS SHARE"), lockTimeoutMilliseconds);
      return true;
    } catch (error) {
      const state = sqlState(error) ?? "";
      if (HELD_UP.has(state)) return false;
      if (!CHANGED_SINCE.has(state)) throw error;
      if (tables.length === 1) return true; // The next listing says what became of it.
    }
    let inTime = true;
    for (const table of tables) inTime = (await this.#lock([table], lockTimeoutMilliseconds)) && inTime;
    return inTime;
  }

  /** Runs a LOCK under a savepoint, so that its failure costs none of the locks that are held. */
  async attempt(statement: string, lockTimeoutMilliseconds: number): Promise<void> {
    const timeout = Math.max(1, Math.ceil(lockTimeoutMilliseconds));
    try {
      await this.session.queryLast(
        `SAVEPOINT attempt; SET LOCAL lock_timeout = ${timeout}; ${statement}; SET LOCAL lock_timeout = 0; RELEASE SAVEPOINT attempt`,
      );
    } catch (error) {
      if (error instanceof ProblemError) throw error;
      await this.session.queryLast("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt");
      if (sqlState(error) === "53200") throw lockTableFull(this.session.database, error);
      throw error;
    }
  }

  async #readBack(): Promise<void> {
    const rows = await this.session.query<{ oid: string }>(
      `SELECT DISTINCT relation::text AS oid FROM pg_catalog.pg_locks
        WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation' AND mode = 'AccessShareLock' AND granted
          AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`,
    );
    this.#held = new Set(rows.map(({ oid }) => oid));
  }

  /** Who holds what keeps us waiting, in words, for an error. */
  describeBlockers(conflictingModes: readonly string[]): Promise<string[]> {
    return this.#describe("l.granted AND l.mode = ANY ($1) AND l.relation >= 16384", [conflictingModes]);
  }

  /** Who waits for a table that we hold, in words. */
  describeWaiters(): Promise<string[]> {
    return this.#describe("NOT l.granted AND l.relation = ANY ($1::oid[])", [[...this.#held]]);
  }

  async #describe(condition: string, values: unknown[]): Promise<string[]> {
    // What pg_stat_activity said first in a transaction it would say until its end.
    await this.session.query("SELECT pg_catalog.pg_stat_clear_snapshot()");
    const rows = await this.session.query<{
      table: string;
      mode: string;
      pid: number | null;
      application: string | null;
      seconds: number | null;
    }>(
      `SELECT DISTINCT l.relation::regclass::text AS table, l.mode, l.pid, a.application_name AS application,
              extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::int AS seconds
         FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() AND ${condition}
          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        ORDER BY seconds DESC NULLS FIRST LIMIT 5`,
      values,
    );
    return rows.map(({ table, mode, pid, application, seconds }) => {
      const who = pid === null ? "a prepared transaction" : `process ${pid}${application ? ` (${application})` : ""}`;
      return `${this.session.database}: ${table}, ${mode} of ${who}${seconds === null ? "" : ` for ${seconds} s`}`;
    });
  }
}

/** A LOCK of these tables and nothing below them: partitions and inheritance children are in the list themselves. */
export function lockStatement(tables: readonly { identifier: string }[], mode: "ACCESS SHARE" | "SHARE"): string {
  return `LOCK TABLE ${tables.map(({ identifier }) => `ONLY ${identifier}`).join(", ")} IN ${mode} MODE`;
}

function lockTableFull(database: string, cause: unknown): ProblemError {
  return new ProblemError(
    ExitCode.Configuration,
    {
      where: `database ${database}`,
      reason: "the server's table of locks is full: a backup locks every table at once, as pg_dump does",
      next: "raise max_locks_per_transaction so that it times max_connections exceeds the number of tables of all databases twice, and restart the server",
    },
    { cause },
  );
}

/** The error when a lock could not be had until the end. */
export async function lockedOutProblem(
  connection: Connection,
  locks: readonly TableLocks[],
  conflictingModes: readonly string[],
  what: string,
  waited: string,
): Promise<ProblemError> {
  const blockers = (await Promise.all(locks.map((one) => one.describeBlockers(conflictingModes)))).flat();
  return new ProblemError(ExitCode.TryAgain, {
    where: "snapshot.lockTimeout",
    received: waited,
    reason: `${what} on tables of ${connection.host} could not be had${blockers.length === 0 ? "" : `; held up by:\n            ${blockers.join("\n            ")}`}`,
    next: "run again when these transactions have ended (a migration, VACUUM FULL, a forgotten session), or raise snapshot.timeout and lockTimeout",
  });
}
