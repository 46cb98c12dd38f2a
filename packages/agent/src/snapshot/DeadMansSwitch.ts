import type { Connection, ProblemError } from "@pgkeep/core";
import { openSession, type Session, type SessionOptions } from "../postgresql/session.js";

/** The server resumes replay by itself when it has not heard of us for this long. */
export const RESUME_AFTER_SECONDS = 45;
const RENEW_EVERY_MILLISECONDS = 15_000;

/**
 * Resumes a standby's replay when we no longer can: one session always sleeps on the server and would then resume it, and is replaced by a
 * fresh one in good time while we live. A backend asleep does not notice that its client is gone, which is what makes this work.
 */
export class DeadMansSwitch {
  #asleep: Session | undefined;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #reportLoss: (problem: ProblemError) => void = () => undefined;
  readonly lost = new Promise<ProblemError>((resolve) => {
    this.#reportLoss = resolve;
  });

  private constructor(
    private readonly connection: Connection,
    private readonly database: string,
    private readonly options: SessionOptions,
  ) {}

  static async arm(connection: Connection, database: string, { signal: _, ...options }: SessionOptions): Promise<DeadMansSwitch> {
    // Without the caller's signal: an abort must not end the session that puts things right.
    const guard = new DeadMansSwitch(connection, database, options);
    await guard.#renew();
    guard.#timer = setInterval(() => {
      guard.#working = guard.#working.then(() => guard.#renew()).catch((error: unknown) => guard.#reportLoss(error as ProblemError));
    }, RENEW_EVERY_MILLISECONDS);
    return guard;
  }

  async disarm(): Promise<void> {
    clearInterval(this.#timer);
    await this.#working;
    const old = this.#asleep;
    this.#asleep = undefined;
    if (old !== undefined) await this.#retire(old);
  }

  /** Leaves the sleeper on the server to do its work. */
  abandon(): void {
    clearInterval(this.#timer);
    void this.#asleep?.end();
  }

  async #renew(): Promise<void> {
    // A server that looks after its clients would end the sleeper together with us.
    const settings = { ...this.options.settings, client_connection_check_interval: "0" };
    const fresh = await openSession(this.connection, this.database, { ...this.options, settings });
    fresh.queryLast(`SELECT pg_catalog.pg_sleep(${RESUME_AFTER_SECONDS}); SELECT pg_catalog.pg_wal_replay_resume()`).catch(() => undefined);
    const old = this.#asleep;
    this.#asleep = fresh;
    if (old !== undefined) await this.#retire(old);
  }

  async #retire(sleeper: Session): Promise<void> {
    const session = await openSession(this.connection, this.database, this.options);
    try {
      // Cancelled in the middle of its message: the statement after the sleep is not run.
      await session.query("SELECT pg_catalog.pg_cancel_backend($1)", [sleeper.processId]);
    } finally {
      await Promise.all([session.end(), sleeper.end()]);
    }
  }
}
