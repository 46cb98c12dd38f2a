import { text } from "node:stream/consumers";
import type { Manifest } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { readStored } from "../codec/readStored.js";
import { renderDatabaseProperties } from "../postgresql/databaseProperties.js";
import { sqlName } from "../postgresql/objectName.js";
import { serviceRoles } from "../postgresql/serviceRoles.js";
import { openSession } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import type { ArchiveSource } from "../restore/ArchiveSource.js";
import { loadArchive } from "../restore/loadArchive.js";
import type { Store } from "../store/Store.js";
import { createScratchDatabase } from "./scratchDatabase.js";
import type { ScratchSpace } from "./scratchSpace.js";

/** One database of a recovery point, restored under a scratch name. */
export interface ScratchDatabase {
  record: Manifest["databases"][number];
  /** Its name on the scratch server. */
  database: string;
  source: ArchiveSource;
  /** Entries of the archive that was restored. */
  entries: ArchiveEntry[];
}

export interface RestoreScratchOptions {
  store: Store;
  manifest: Manifest;
  identities: readonly string[];
  scratch: ScratchSpace;
  reporter: Reporter;
  signal?: AbortSignal;
  /** Told the name of each database as soon as it exists, so that it can be dropped whatever happens. */
  created(database: string): void;
}

/** Restores a whole recovery point into scratch space: roles first where the server is our own, then each database. */
export async function restoreScratch(options: RestoreScratchOptions): Promise<ScratchDatabase[]> {
  if (options.scratch.kind === "own") await restoreGlobals(options);
  const restored: ScratchDatabase[] = [];
  for (const record of options.manifest.databases) restored.push(await restoreDatabase(record, options));
  return restored;
}

async function restoreGlobals({ store, manifest, identities, scratch }: RestoreScratchOptions): Promise<void> {
  const sql = await text(await readStored(store, manifest.globals.object, identities));
  const session = await openSession(scratch.connection, scratch.connection.maintenanceDatabase);
  try {
    // A managed service's own roles are in no recovery point, yet grants and memberships name them. Here, and only here, something stands in.
    for (const role of serviceRoles(manifest.globals)) {
      if (role !== manifest.globals.bootstrapSuperuser) await session.query(`CREATE ROLE ${sqlName(role)} NOLOGIN`);
    }
    await session.queryLast(sql);
  } finally {
    await session.end();
  }
}

async function restoreDatabase(record: Manifest["databases"][number], options: RestoreScratchOptions): Promise<ScratchDatabase> {
  const { store, identities, scratch, reporter, signal, created } = options;
  const { connection, programs, major } = scratch;
  const database = await createScratchDatabase(connection, "copy", record.properties);
  created(database);
  const source: ArchiveSource = {
    description: `${store.description} ${record.object.key}`,
    bytes: record.object.plainBytes,
    record,
    ignoreTrailing: false,
    open: () => readStored(store, record.object, identities),
  };
  const { summary } = await loadArchive(source, {
    programs,
    connection,
    database,
    targetMajor: major,
    arguments: [],
    session: { monetaryLocale: record.properties.monetaryLocale },
    reporter,
    ...(signal ? { signal } : {}),
  });
  const session = await openSession(connection, connection.maintenanceDatabase);
  try {
    await session.query(`ALTER DATABASE ${sqlName(database)} OWNER TO ${sqlName(record.properties.owner)}`);
    for (const statement of renderDatabaseProperties(database, record.properties)) await session.query(statement);
  } finally {
    await session.end();
  }
  return { record, database, source, entries: summary.entries };
}
