import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import pg from "pg";
import type { Reporter } from "../reporter.js";
import { connectProblem, endsSession, lostSessionProblem, poolerProblem, serverAddress } from "./sessionProblem.js";
import { sessionTls } from "./sessionTls.js";

/** One connection to one database, straight to the server (a pooler is refused), with settings that do not depend on the role's. */
export interface Session {
  readonly database: string;
  /** The backend's process, as the server announced it. */
  readonly processId: number;
  /** When the backend started, by the server's clock; with the process id this identifies a backend for ever. */
  readonly backendStart: string;
  /** Settles, with the reason, when the connection ends in any way but by `end()`. Never rejects. */
  readonly lost: Promise<ProblemError>;
  /** Whether a statement is under way. Statements sent meanwhile wait for it. */
  readonly busy: boolean;
  /** Runs one statement. Errors of the statement are pg's DatabaseError with its SQLSTATE in `code`; a lost connection is a ProblemError. */
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Runs several statements in one message of the simple protocol, hence one round trip, and returns the rows of the last. */
  queryLast<Row>(multiStatementSql: string): Promise<Row[]>;
  end(): Promise<void>;
}

export interface SessionOptions {
  /** Server settings for this session, over the ones every session gets. */
  settings?: Record<string, string>;
  /** Ends the session, also while it opens. */
  signal?: AbortSignal;
}

/** What a role or a database may have set otherwise and what would change answers or end the session. Zero turns a timeout off. */
const SETTINGS: Record<string, string> = {
  client_encoding: "UTF8",
  // CVE-2018-1058: nothing that a user created may stand in for a function or table of the system.
  search_path: "",
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1",
  standard_conforming_strings: "on",
  default_transaction_isolation: "read committed",
  default_transaction_read_only: "off",
  default_transaction_deferrable: "off",
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  idle_session_timeout: "0",
  transaction_timeout: "0",
};

const KEEP_ALIVE_AFTER_MILLISECONDS = 20_000;
const END_WITHIN_MILLISECONDS = 5_000;

/** Opens a session. Whatever goes wrong is a ProblemError that says what to change. */
export async function openSession(connection: Connection, database: string, options: SessionOptions = {}): Promise<Session> {
  options.signal?.throwIfAborted();
  const session = new PgSession(connection, database, options.signal);
  try {
    await session.connect();
    await session.prepare({ ...SETTINGS, ...options.settings });
    return session;
  } catch (error) {
    await session.end();
    if (options.signal?.aborted) throw options.signal.reason;
    throw connectProblem(connection, database, error);
  }
}

/** Opens a session, trying again while the server is unreachable, starting up or out of connections. Other problems end it at once. */
export async function openSessionWithRetry(
  connection: Connection,
  database: string,
  retryForMilliseconds: number,
  reporter: Reporter,
  options: SessionOptions = {},
): Promise<Session> {
  const deadline = Date.now() + retryForMilliseconds;
  for (let wait = 250; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await openSession(connection, database, options);
    } catch (error) {
      const worthIt = error instanceof ProblemError && error.exitCode === ExitCode.Unavailable;
      if (!worthIt || Date.now() + wait > deadline) throw error;
      reporter.info(`waiting for ${serverAddress(connection)}: ${error.problems[0]?.reason}`);
      await sleep(wait, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }
}

/**
 * Refuses a session that is not the backend's own from beginning to end. `openSession` has compared the process ids once, before it
 * changed any setting; this asks again, so that a pooler that happened to hand out the announced backend is found as well.
 */
export async function refusePooler(session: Session, connection: Connection): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const [row] = await session.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
    if (row?.pid !== session.processId) throw pooled(connection, session.processId, row?.pid);
  }
}

function pooled(connection: Connection, announced: number, actual: number | undefined): ProblemError {
  const seen = `the connection was announced as process ${announced} and served by process ${actual}`;
  return new ProblemError(ExitCode.Configuration, poolerProblem(connection, seen));
}

class PgSession implements Session {
  readonly lost: Promise<ProblemError>;
  processId = 0;
  backendStart = "";
  // Private, so that a session that is printed shows no password.
  readonly #connection: Connection;
  readonly #signal: AbortSignal | undefined;
  readonly #client: pg.Client;
  readonly #socket = new Socket();
  #reason: unknown;
  #busy: Promise<void> | undefined;
  #ending = false;
  #ended: Promise<void> | undefined;

  constructor(
    connection: Connection,
    readonly database: string,
    signal: AbortSignal | undefined,
  ) {
    this.#connection = connection;
    this.#signal = signal;
    this.#client = new pg.Client({
      host: connection.host,
      port: connection.port,
      user: connection.user,
      database,
      // A function, because `pg` would fill in PGPASSWORD or a password file of its own choice for a missing one.
      password: connection.password ?? (() => Promise.reject(passwordMissing(connection))),
      ssl: sessionTls(connection),
      sslnegotiation: "postgres",
      application_name: "pgkeep",
      connectionTimeoutMillis: connection.connectTimeoutSeconds * 1000,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MILLISECONDS,
      stream: () => this.#socket,
    });
    this.lost = new Promise((resolve) => {
      this.#client.on("error", (error) => {
        this.#reason ??= error;
      });
      this.#client.on("end", () => {
        if (!this.#ending) resolve(lostSessionProblem(connection, database, this.#reason ?? new Error("the server closed the connection")));
      });
    });
    signal?.addEventListener("abort", this.#abort, { once: true });
  }

  async connect(): Promise<void> {
    await this.#client.connect();
    // Not in @types/pg: the process id of the BackendKeyData message.
    const announced = (this.#client as unknown as { processID: number | null }).processID ?? 0;
    const [row] = await this.query<{ pid: number; start: string }>(
      "SELECT pid, (extract(epoch FROM backend_start) * 1000000)::bigint::text AS start FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()",
    );
    // Before any setting is changed: behind a pooler the change would land in a session that somebody else uses next.
    if (row?.pid !== announced) throw pooled(this.#connection, announced, row?.pid);
    this.processId = row.pid;
    this.backendStart = row.start;
  }

  /** Settings that this server's version does not know yet (transaction_timeout before 17) are left out. */
  async prepare(settings: Record<string, string>): Promise<void> {
    await this.query(
      `SELECT pg_catalog.set_config(known.name, wanted.value, false)
         FROM pg_catalog.jsonb_each_text($1::jsonb) AS wanted(name, value)
         JOIN pg_catalog.pg_settings AS known ON pg_catalog.lower(known.name) = pg_catalog.lower(wanted.name)`,
      [JSON.stringify(settings)],
    );
  }

  query<Row>(sql: string, values?: unknown[]): Promise<Row[]> {
    // One at a time, since `pg` will no longer queue in its next version. With nothing under way the statement is sent at once, not a
    // turn of the event loop later: the common snapshot of several databases depends on it.
    const running = this.#busy === undefined ? this.#run<Row>(sql, values) : this.#busy.then(() => this.#run<Row>(sql, values));
    const settled: Promise<void> = running.then(
      () => this.#release(settled),
      () => this.#release(settled),
    );
    this.#busy = settled;
    return running;
  }

  async #run<Row>(sql: string, values?: unknown[]): Promise<Row[]> {
    try {
      const result = await this.#client.query(sql, values);
      return (Array.isArray(result) ? result.at(-1) : result).rows as Row[];
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #release(settled: Promise<void>): void {
    if (this.#busy === settled) this.#busy = undefined;
  }

  get busy(): boolean {
    return this.#busy !== undefined;
  }

  queryLast<Row>(multiStatementSql: string): Promise<Row[]> {
    // Without values `pg` uses the simple protocol and answers several statements with an array of results.
    return this.query<Row>(multiStatementSql);
  }

  end(): Promise<void> {
    this.#ending = true;
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    // A server that no longer answers must not keep the agent from ending.
    const force = setTimeout(() => this.#socket.destroy(), END_WITHIN_MILLISECONDS);
    try {
      await this.#client.end();
    } finally {
      clearTimeout(force);
      this.#socket.destroy();
    }
  }

  readonly #abort = (): void => {
    this.#reason ??= this.#signal?.reason;
    this.#socket.destroy();
  };

  #explain(error: unknown): unknown {
    if (this.#signal?.aborted) return this.#signal.reason;
    if (!endsSession(error) || this.processId === 0) return error;
    return lostSessionProblem(this.#connection, this.database, this.#reason ?? error);
  }
}

function passwordMissing(connection: Connection): ProblemError {
  return new ProblemError(ExitCode.Permission, {
    where: "connection.passwordFile",
    reason: `${serverAddress(connection)} asks for a password of user ${connection.user} and none is configured`,
    next: "give it in passwordFile, PGPASSWORD, PGPASSWORD_FILE or a libpq password file (PGPASSFILE)",
  });
}
