import { type AgentConfig, type Connection, ExitCode, type Manifest, ProblemError } from "@pgkeep/core";
import { readServer } from "../postgresql/server.js";
import { openSessionWithRetry, refusePooler, type Session } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import { assertClocksAgree } from "./clocks.js";

export interface ServerSurvey {
  record: Manifest["server"];
  major: number;
  /** For example `18.4`. */
  version: string;
  /** Compares the server's clock, read during the survey, and the store's with the agent's. */
  compareClocks(storeClock: Date): void;
}

/** Connects, with retry, and makes sure before anything is written that this server can be backed up and has the databases. */
export async function surveyServer(
  config: AgentConfig,
  connection: Connection,
  reporter: Reporter,
  signal?: AbortSignal,
): Promise<ServerSurvey> {
  const { retryFor } = config.connection;
  const session = await openSessionWithRetry(connection, connection.maintenanceDatabase, retryFor, reporter, signal ? { signal } : {});
  try {
    await refusePooler(session, connection);
    const server = await readServer(session);
    const agentClock = new Date();
    await assertDatabasesExist(session, config.databases);
    return {
      record: {
        systemIdentifier: server.systemIdentifier,
        version: server.version,
        versionNumber: server.versionNumber,
        timeline: server.timeline,
      },
      major: Math.floor(server.versionNumber / 10_000),
      version: server.version,
      compareClocks(storeClock) {
        assertClocksAgree([
          { owner: "the PostgreSQL server", shown: server.clock, agent: agentClock },
          { owner: "the store", shown: storeClock, agent: new Date() },
        ]);
      },
    };
  } finally {
    await session.end();
  }
}

async function assertDatabasesExist(session: Session, databases: readonly string[]): Promise<void> {
  const rows = await session.query<{ datname: string; datallowconn: boolean }>(
    "SELECT datname, datallowconn FROM pg_database WHERE NOT datistemplate ORDER BY datname",
  );
  const names = rows.filter(({ datallowconn }) => datallowconn).map(({ datname }) => datname);
  const missing = databases.map((name, index) => ({ name, index })).filter(({ name }) => !names.includes(name));
  if (missing.length === 0) return;
  throw new ProblemError(
    ExitCode.Configuration,
    missing.map(({ name, index }) => ({
      where: `databases[${index}]`,
      received: name,
      allowed: names.join(", "),
      reason: "the server has no such database that allows connections",
      next: "correct the name, or remove it if the database is gone for good",
    })),
  );
}
