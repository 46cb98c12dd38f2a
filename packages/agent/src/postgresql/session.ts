import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import { PgSession, pooled } from "./PgSession.js";
import { serverAddress } from "./serverAddress.js";
import { connectProblem } from "./sessionProblem.js";

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
  /** Server settings for this session, over the ones every session gets. One that the server does not know is passed over. */
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
