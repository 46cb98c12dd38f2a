import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import { assertServer, readServer } from "../postgresql/server.js";
import { openSession, refusePooler, type Session } from "../postgresql/session.js";
import { readTargetFacts } from "./readTargetFacts.js";
import type { TargetFacts } from "./TargetFacts.js";

export interface Target {
  /** In the maintenance database; ended before databases are swapped. */
  session: Session;
  facts: TargetFacts;
  /** What the restore itself connects with; its maintenance database is none of those that are replaced. */
  connection: Connection;
}

/** Connects, and reads all that there is to know of the server. The caller ends the session. */
export async function openTarget(connection: Connection, signal: AbortSignal | undefined): Promise<Target> {
  const session = await openSession(connection, connection.maintenanceDatabase, signal ? { signal } : {});
  try {
    await refusePooler(session, connection);
    assertServer(await readServer(session));
    return { session, facts: await readTargetFacts(session, connection), connection };
  } catch (error) {
    await session.end();
    throw error;
  }
}

/** A database to be connected to while others are renamed. */
export function maintenanceDatabaseBeside(configured: string, replaced: readonly string[], facts: TargetFacts): string {
  const candidates = [configured, "postgres", "template1", ...facts.databases.map(({ name }) => name)];
  const free = candidates.find(
    (name) => !replaced.includes(name) && facts.databases.some((database) => database.name === name && database.allowsConnections),
  );
  if (free !== undefined) return free;
  throw new ProblemError(ExitCode.Configuration, {
    where: "connection.maintenanceDatabase",
    received: configured,
    reason: "a database that is not being replaced is needed to work from, and the server has none that takes connections",
    next: "CREATE DATABASE maintenance, and name it there",
  });
}
