import type { Connection } from "@pgkeep/core";
import type { TestedMajor } from "./testedMajors.js";

/** A real PostgreSQL server of its own folder, on 127.0.0.1 and a socket in that folder. */
export interface TestServer {
  readonly major: TestedMajor;
  /** As the superuser `postgres`, over TCP. */
  readonly connection: Connection;
  /** Everything of this server: `data`, the socket, `server.log`. Removed by `stop`. */
  readonly folder: string;
  readonly dataFolder: string;
  /** Use it as `host` to connect over the Unix socket. */
  readonly socketFolder: string;
  /** Server and client programs of this major. */
  readonly programFolder: string;
  /** Process id of the postmaster. */
  readonly processId: number;
  /** Runs SQL (or psql commands) through psql, stopping at the first error; what psql printed, unaligned and without headers. */
  psql(sql: string, database?: string): Promise<string>;
  /** What the server logged so far. */
  log(): string;
  /** Like a power cut: SIGKILL to the postmaster and all its processes. The folder stays, so that `start` can recover it. */
  kill(): Promise<void>;
  /** Orderly shutdown without removing anything. */
  shutDown(): Promise<void>;
  /** Starts it again, on the same port, after `kill` or `shutDown`. */
  start(): Promise<void>;
  /** Ends the server and removes its folder. May be called again, and after `kill`. */
  stop(): Promise<void>;
}
