import { randomBytes } from "node:crypto";
import type { Connection, DatabaseProperties } from "@pgkeep/core";
import pg from "pg";
import { createDatabaseStatement } from "../postgresql/databaseProperties.js";
import { readServer } from "../postgresql/server.js";
import { openSession } from "../postgresql/session.js";

/** Every database that a drill makes begins like this, so that leftovers of a drill that was killed are recognised. */
export const SCRATCH_PREFIX = "pgkeep_drill_";

/**
 * Creates an empty database with the encoding and locale of the source, in the default tablespace, and returns its name. `purpose` is part
 * of the name.
 */
export async function createScratchDatabase(connection: Connection, purpose: string, properties: DatabaseProperties): Promise<string> {
  const session = await openSession(connection, connection.maintenanceDatabase);
  try {
    const { versionNumber } = await readServer(session);
    const name = `${SCRATCH_PREFIX}${purpose}_${randomBytes(4).toString("hex")}`;
    await session.query(
      createDatabaseStatement(name, properties, { targetMajor: Math.floor(versionNumber / 10_000), owner: null, tablespace: null }),
    );
    return name;
  } finally {
    await session.end();
  }
}

/**
 * Drops a scratch database. A subscription would keep it from going, and its own DROP would call the publisher, so each is cut from its
 * slot first (https://www.postgresql.org/docs/current/sql-dropsubscription.html, notes).
 */
export async function dropScratchDatabase(connection: Connection, name: string): Promise<void> {
  await disarmSubscriptions(connection, name);
  const session = await openSession(connection, connection.maintenanceDatabase);
  try {
    await session.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  } finally {
    await session.end();
  }
}

async function disarmSubscriptions(connection: Connection, name: string): Promise<void> {
  const session = await openSession(connection, name);
  try {
    const subscriptions = await session.query<{ subname: string }>(
      "SELECT subname FROM pg_catalog.pg_subscription WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())",
    );
    for (const subscription of subscriptions.map(({ subname }) => pg.escapeIdentifier(subname))) {
      await session.query(`ALTER SUBSCRIPTION ${subscription} DISABLE`);
      await session.query(`ALTER SUBSCRIPTION ${subscription} SET (slot_name = NONE)`);
      await session.query(`DROP SUBSCRIPTION ${subscription}`);
    }
  } finally {
    await session.end();
  }
}
