import { Socket } from "node:net";
import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import pg from "pg";
import { connectionPassword } from "./connectionPassword.js";
import { serverAddress } from "./serverAddress.js";
import type { Session } from "./session.js";
import { endsSession, lostSessionProblem, poolerProblem } from "./sessionProblem.js";
import { sessionTls } from "./sessionTls.js";

const KEEP_ALIVE_AFTER_MILLISECONDS = 20_000;
const END_WITHIN_MILLISECONDS = 5_000;

/** A session by way of `pg`. Opened by `openSession`. */
export class PgSession implements Session {
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
      // It is asked for only when the server wants one, and then for this connection alone.
      password: async () => (await connectionPassword(connection)) ?? Promise.reject(passwordMissing(connection)),
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

/** The error for a session whose backend is not the one that was announced. */
export function pooled(connection: Connection, announced: number, actual: number | undefined): ProblemError {
  const seen = `the connection was announced as process ${announced} and served by process ${actual}`;
  return new ProblemError(ExitCode.Configuration, poolerProblem(connection, seen));
}
