import { type Connection, ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { explainRdsIam } from "./rdsIamProblem.js";
import { serverAddress } from "./serverAddress.js";
import { explainTls } from "./sessionTlsProblem.js";

export { serverAddress };

/** SQLSTATE of an error of the server, or Node's error code; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** The server's words, without anything else that an error object may carry. */
export function serverMessage(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(serverMessage).join("; ");
  return error instanceof Error ? error.message : String(error);
}

/** SQLSTATEs with which the server itself ends a session. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const ENDED_BY_SERVER = new Set(["57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04"]);

/** Whether an error of a query means that the session is gone, as opposed to an error of the statement. */
export function endsSession(error: unknown): boolean {
  const state = sqlState(error);
  if (state === undefined) return true;
  // A SQLSTATE has five characters; Node's codes (ECONNRESET, EPIPE, ...) have more or begin with E.
  return ENDED_BY_SERVER.has(state) || state.startsWith("08") || !/^[0-9A-Z]{5}$/.test(state) || state === "EPIPE";
}

/** The error with which a session that was open is lost. */
export function lostSessionProblem(connection: Connection, database: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(
    ExitCode.Unavailable,
    {
      where: `session in database ${database}`,
      received: serverMessage(error),
      reason: `the connection to ${serverAddress(connection)} was lost`,
      next: "look into the server's log for the reason (restart, pg_terminate_backend, out of memory, network), then run again",
    },
    { cause: error },
  );
}

/** Turns whatever kept a session from opening into something its reader can mend. */
export function connectProblem(connection: Connection, database: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const [exitCode, problem] = explain(connection, database, sqlState(error) ?? "", serverMessage(error));
  return new ProblemError(exitCode, problem, { cause: error });
}

function explain(connection: Connection, database: string, state: string, message: string): [ExitCode, Problem] {
  const address = serverAddress(connection);
  const iam = explainRdsIam(connection, state, message);
  if (iam !== undefined) return iam;
  switch (state) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return [
        // Not a matter of configuration alone: in Compose and Kubernetes a name resolves only once its container is there.
        ExitCode.Unavailable,
        {
          where: "connection.host",
          received: connection.host,
          reason: `no address is known for this name (${state})`,
          next: "correct the name, or make it resolve where the agent runs (inside a container localhost is the container itself)",
        },
      ];
    case "ECONNREFUSED":
      return [
        ExitCode.Unavailable,
        {
          where: "connection.port",
          received: address,
          reason: "nothing accepts connections there",
          next: "check host and port, that the server runs, and that listen_addresses and firewalls let the agent in",
        },
      ];
    case "ENOENT":
      return [
        ExitCode.Unavailable,
        {
          where: "connection.host",
          received: address,
          reason: "there is no such socket",
          next: "check that the server runs on this machine, its unix_socket_directories and its port",
        },
      ];
    case "EACCES":
      return [
        ExitCode.Permission,
        {
          where: "connection.host",
          received: address,
          reason: "the agent's user may not use this socket",
          next: "grant access to the folder",
        },
      ];
    case "28P01":
      return [
        ExitCode.Permission,
        {
          where: "connection.passwordFile",
          received: `a password for user ${connection.user} (not shown)`,
          reason: `${address} refused it: ${message}`,
          next: "give the right password in passwordFile, PGPASSWORD, PGPASSWORD_FILE or a libpq password file",
        },
      ];
    case "28000":
      return [
        ExitCode.Permission,
        {
          where: "connection.user",
          received: connection.user,
          reason: `${address} does not let this user in: ${message}`,
          next: `create the role with LOGIN, or add a line to pg_hba.conf for this user, database ${database}, the agent's address and sslmode ${connection.sslMode}`,
        },
      ];
    case "42501":
      return [
        ExitCode.Permission,
        {
          where: `database ${database}`,
          received: connection.user,
          reason: `this user may not connect to it: ${message}`,
          next: `as its owner or a superuser: GRANT CONNECT ON DATABASE "${database}" TO "${connection.user}"`,
        },
      ];
    case "3D000":
      return [
        ExitCode.Configuration,
        {
          where: `database ${database}`,
          received: database,
          reason: `there is no database of this name on ${address}`,
          next: "correct the name in `databases` or `connection.maintenanceDatabase` (names are case-sensitive); psql -l lists those that exist",
        },
      ];
    case "55000":
      return [
        ExitCode.Configuration,
        { where: `database ${database}`, received: database, reason: message, next: "choose a database that allows connections" },
      ];
    case "53300":
      return [
        ExitCode.Unavailable,
        {
          where: "connection",
          received: address,
          reason: `the server has no connection left for this user: ${message}`,
          next: "the agent needs three connections per database; raise max_connections, the role's or the database's CONNECTION LIMIT, or close idle ones",
        },
      ];
    case "57014":
      return [
        ExitCode.Unavailable,
        {
          where: "connection.user",
          received: connection.user,
          reason: `the first statement did not get to its end: ${message}`,
          next: "raise the statement_timeout that this role or database has set; the agent turns it off once it is in. Or the server is overloaded: try again",
        },
      ];
    case "57P03":
      return [
        ExitCode.Unavailable,
        {
          where: "connection",
          received: address,
          reason: `the server does not accept connections yet: ${message}`,
          next: "try again shortly",
        },
      ];
  }
  return explainTls(connection, state, message) ?? explainRest(connection, address, message);
}

function explainRest(connection: Connection, address: string, message: string): [ExitCode, Problem] {
  if (message.includes("unsupported startup parameter")) {
    return [ExitCode.Configuration, poolerProblem(connection, `it answered: ${message}`)];
  }
  if (message === "timeout expired") {
    return [
      ExitCode.Unavailable,
      {
        where: "connection.connectTimeout",
        received: `${connection.connectTimeoutSeconds}s`,
        reason: `${address} did not answer within it`,
        next: "check host, port and firewalls; raise connectTimeout when the server is merely slow",
      },
    ];
  }
  return [
    ExitCode.Unavailable,
    {
      where: "connection",
      received: address,
      reason: `no session could be opened: ${message}`,
      next: "look into the server's log, then run again",
    },
  ];
}

/** Behind a pooler no session is ours alone: an exported snapshot, a lock or a setting may end up in anybody's. */
export function poolerProblem(connection: Connection, seen: string): Problem {
  return {
    where: "connection",
    received: serverAddress(connection),
    reason: `a connection pooler is between the agent and PostgreSQL: ${seen}`,
    allowed: "a direct connection to the server",
    next: "connect to PostgreSQL itself (its own host and port, usually 5432), not to pgbouncer, pgpool or a proxy that shares sessions",
  };
}
