import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import { openSession, type Session, type SessionOptions } from "../postgresql/session.js";
import { sqlState } from "../postgresql/sessionProblem.js";
import { DeadMansSwitch, RESUME_AFTER_SECONDS } from "./DeadMansSwitch.js";

const PAUSED_WITHIN_MILLISECONDS = 10_000;

/**
 * Replay of a hot standby that stands still, so that all its databases are at one instant for as long as they are looked at.
 *
 * Either somebody else paused it, and resumes it; or we do, and then it is resumed whatever happens to us: by `end`, and should this
 * process be killed, its machine vanish or the network fail, by the server itself. A session there sleeps and then resumes; it is
 * replaced by a fresh one while we live. A backend asleep does not notice that its client is gone, which is what makes this work.
 */
export class PausedReplay {
  #lsn: string | undefined;
  #pausedByUs = false;
  #switch: DeadMansSwitch | undefined;

  private constructor(
    private readonly connection: Connection,
    /** Its own, in no transaction: what the caller's sessions hold must not be lost by a statement that replay cancels. */
    private readonly session: Session,
    private readonly sessionOptions: SessionOptions,
  ) {}

  /** Takes over a replay that is paused already; undefined when it runs. */
  static async find(connection: Connection, database: string, options: SessionOptions): Promise<PausedReplay | undefined> {
    const replay = new PausedReplay(connection, await openSession(connection, database, options), options);
    try {
      if ((await replay.#state()) !== "not paused") {
        await replay.#untilPaused();
        return replay;
      }
    } catch (error) {
      await replay.end();
      throw error;
    }
    await replay.end();
    return undefined;
  }

  /** Pauses replay. Throws a ProblemError when the role may not. */
  static async pause(connection: Connection, database: string, options: SessionOptions): Promise<PausedReplay> {
    const session = await openSession(connection, database, options);
    const replay = new PausedReplay(connection, session, options);
    try {
      await assertMayPause(session, connection.user);
      replay.#switch = await DeadMansSwitch.arm(connection, database, options);
      await replay.#pause();
      return replay;
    } catch (error) {
      await replay.end();
      throw error;
    }
  }

  /** Settles with the reason when a connection is lost that watches replay or would resume it. Never rejects. */
  get lost(): Promise<ProblemError> {
    return Promise.race([this.session.lost, ...(this.#switch === undefined ? [] : [this.#switch.lost])]);
  }

  /** Lets replay go on for a moment and pauses it again, when it stood still in the middle of something that holds a lock. False: not ours to resume. */
  async moveOn(): Promise<boolean> {
    if (this.#switch === undefined) return false;
    await this.#ask("SELECT pg_catalog.pg_wal_replay_resume()");
    await sleep(250);
    await this.#pause();
    return true;
  }

  /** Throws unless replay is paused, and at the position where it was paused. */
  async assertStillPaused(): Promise<void> {
    const row = await this.#ask<{ state: string | null; lsn: string }>(
      `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_get_wal_replay_pause_state() END AS state,
              pg_catalog.pg_last_wal_replay_lsn()::text AS lsn`,
    );
    if (row?.state === "paused" && row.lsn === this.#lsn) return;
    throw new ProblemError(ExitCode.TryAgain, {
      where: "standby",
      received: `replay ${row?.state ?? "ended by a promotion"} at ${row?.lsn}`,
      allowed: `replay paused at ${this.#lsn} throughout`,
      reason: "somebody resumed replay while the databases were read, so they are not at one instant",
      next: "run again, and let replay stand still until the backup has ended",
    });
  }

  /** Resumes replay if we paused it. May be called again; throws when the server does not confirm (it will still do so by itself). */
  async end(): Promise<void> {
    const guard = this.#switch;
    this.#switch = undefined;
    try {
      if (this.#pausedByUs) await this.#resume();
      this.#pausedByUs = false;
      await guard?.disarm();
    } catch (error) {
      // Not disarmed: the server resumes when the sleep is over.
      guard?.abandon();
      throw new ProblemError(
        ExitCode.Unavailable,
        {
          where: "standby",
          reason: `replay could not be resumed at once; the server does so by itself within ${RESUME_AFTER_SECONDS} seconds`,
          next: "check with SELECT pg_get_wal_replay_pause_state(); if it stays paused, SELECT pg_wal_replay_resume()",
        },
        { cause: error },
      );
    } finally {
      await this.session.end();
    }
  }

  async #resume(): Promise<void> {
    // Our own session may be what was lost: a new one, without the caller's signal, which may be why we end.
    const { signal: _, ...options } = this.sessionOptions;
    const session = await openSession(this.connection, this.session.database, options);
    try {
      await session.query("SELECT pg_catalog.pg_wal_replay_resume() WHERE pg_catalog.pg_is_in_recovery()");
    } finally {
      await session.end();
    }
  }

  async #pause(): Promise<void> {
    this.#pausedByUs = true;
    await this.#ask("SELECT pg_catalog.pg_wal_replay_pause()");
    await this.#untilPaused();
  }

  async #untilPaused(): Promise<void> {
    const deadline = Date.now() + PAUSED_WITHIN_MILLISECONDS;
    // A pause is a request: replay stops once the record under way is done. https://www.postgresql.org/docs/current/functions-admin.html
    for (let state = await this.#state(); state !== "paused"; state = await this.#state()) {
      if (Date.now() > deadline) {
        throw new ProblemError(ExitCode.TryAgain, {
          where: "standby",
          received: `state ${state} after ${PAUSED_WITHIN_MILLISECONDS / 1000} s`,
          allowed: "paused",
          reason: "replay did not come to a standstill; it may wait inside a record for queries in its way or for recovery_min_apply_delay",
          next: "run again at a quieter time, or lower max_standby_streaming_delay",
        });
      }
      await sleep(10);
    }
    this.#lsn = (await this.#ask<{ lsn: string }>("SELECT pg_catalog.pg_last_wal_replay_lsn()::text AS lsn"))?.lsn;
  }

  async #state(): Promise<string | undefined> {
    return (await this.#ask<{ state: string }>("SELECT pg_catalog.pg_get_wal_replay_pause_state() AS state"))?.state;
  }

  /** While replay goes on, it cancels a statement that stands in its way; these are as good the second time. */
  async #ask<Row>(sql: string): Promise<Row | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.session.query<Row>(sql))[0];
      } catch (error) {
        if (!isRecoveryConflict(error) || attempt === 100) throw error;
        await sleep(10);
      }
    }
  }
}

/** Whether a hot standby cancelled a statement, or refused a session, because it stood in the way of replay. */
export function isRecoveryConflict(error: unknown): boolean {
  return sqlState(error) === "40001" || (error instanceof Error && sqlState(error.cause) === "40001");
}

async function assertMayPause(session: Session, user: string): Promise<void> {
  const [row] = await session.query<{ may: boolean }>(
    `SELECT pg_catalog.has_function_privilege('pg_catalog.pg_wal_replay_pause()', 'EXECUTE')
        AND pg_catalog.has_function_privilege('pg_catalog.pg_wal_replay_resume()', 'EXECUTE') AS may`,
  );
  if (row?.may) return;
  throw new ProblemError(ExitCode.Permission, {
    where: "snapshot.fallback",
    received: "pause-standby",
    reason: `the role ${user} may not pause and resume replay in database ${session.database}`,
    next: `on the primary, in database ${session.database}, as a superuser: GRANT EXECUTE ON FUNCTION pg_catalog.pg_wal_replay_pause(), pg_catalog.pg_wal_replay_resume() TO "${user}"`,
  });
}
