import type { AgentConfig, Connection, Manifest } from "@pgkeep/core";
import { assertDatabasesExist } from "../postgresql/assertDatabasesExist.js";
import { readServer } from "../postgresql/server.js";
import { openSessionWithRetry, refusePooler } from "../postgresql/session.js";
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
