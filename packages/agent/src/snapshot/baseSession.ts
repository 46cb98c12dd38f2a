import { type AgentConfig, type Connection, ExitCode, ProblemError, SnapshotFallback } from "@pgkeep/core";
import { assertServer, readServer } from "../postgresql/server.js";
import { openSession, type Session, type SessionOptions } from "../postgresql/session.js";
import { isRecoveryConflict, PausedReplay } from "./PausedReplay.js";

/** The first database's locker: what it tells about the server decides how to go on. On a standby replay stands still from here on. */
export async function openBase(
  connection: Connection,
  databases: readonly string[],
  options: AgentConfig["snapshot"],
  sessionOptions: SessionOptions,
): Promise<{ session: Session; replay: PausedReplay | undefined }> {
  const deadline = performance.now() + options.timeout;
  for (;;) {
    let session: Session | undefined;
    try {
      session = await openSession(connection, databases[0] ?? connection.maintenanceDatabase, sessionOptions);
      const server = await readServer(session);
      assertServer(server);
      return {
        session,
        replay: server.inRecovery ? await standStill(connection, session.database, options.fallback, sessionOptions) : undefined,
      };
    } catch (error) {
      await session?.end();
      if (!isRecoveryConflict(error) || performance.now() > deadline) throw error;
    }
  }
}

/** On a standby equal texts prove nothing (transactions in progress are missing from them), so replay has to stand still throughout. */
async function standStill(
  connection: Connection,
  database: string,
  fallback: SnapshotFallback,
  sessionOptions: SessionOptions,
): Promise<PausedReplay> {
  const found = await PausedReplay.find(connection, database, sessionOptions);
  if (found !== undefined) return found;
  if (fallback === SnapshotFallback.PauseStandby) return await PausedReplay.pause(connection, database, sessionOptions);
  throw new ProblemError(ExitCode.Configuration, {
    where: "connection.host",
    received: `${connection.host}, a hot standby whose replay goes on`,
    allowed: "a primary, or a standby whose replay is paused throughout",
    reason: "on a standby equal snapshots do not prove one instant",
    next: "connect to the primary, pause replay around the backup (pg_wal_replay_pause()), or set snapshot.fallback to pause-standby with a role that may",
  });
}
