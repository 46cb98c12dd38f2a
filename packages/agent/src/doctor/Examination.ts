import type { AgentConfig, Connection, ExtensionRecord } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import type { Server } from "../postgresql/server.js";
import type { Session } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";

/** What every check has at hand. */
export interface Examination {
  config: AgentConfig;
  environment: Environment;
  reporter: Reporter;
  signal: AbortSignal;
}

/** The server as a check found it, for those that come after. */
export interface ExaminedServer {
  connection: Connection;
  /** In the maintenance database. */
  session: Session;
  server: Server;
  /** When the server's clock was read, by ours. */
  readAt: Date;
}

/** The databases as a check found them. */
export interface ExaminedDatabases {
  extensions: readonly ExtensionRecord[];
  /** On disk, all together; undefined where the role may not ask. */
  bytes: number | undefined;
}
