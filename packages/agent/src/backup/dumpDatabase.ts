import { pipeline } from "node:stream";
import {
  counted,
  type DatabaseProperties,
  type DatabaseRecord,
  databaseObjectName,
  ExitCode,
  type ExtensionRecord,
  ProblemError,
} from "@pgkeep/core";
import { ArchiveError } from "../archive/ArchiveError.js";
import { ArchiveReader, type ArchiveSummary } from "../archive/ArchiveReader.js";
import { archiveTap } from "../archive/archiveTap.js";
import { type CatalogueRelation, type CatalogueTable, compareSets } from "../postgresql/catalogue.js";
import type { HeldDatabase } from "../snapshot/holdSnapshot.js";
import type { BackupContext } from "./BackupContext.js";
import type { StartedDatabase } from "./freezeInstant.js";
import { saveObject } from "./saveObject.js";

/** What the held transaction told about a database before its dump began. */
export interface DatabaseFacts {
  properties: DatabaseProperties;
  extensions: ExtensionRecord[];
  neverProven: string[];
  /** Tables whose rows the dump must hold, waived ones excluded. */
  expectedTables: CatalogueTable[];
  /** Sequences whose state the dump must hold; null where something was waived, which may take sequences along. */
  expectedSequences: CatalogueRelation[] | null;
  /** How many large objects the dump must hold; null where something was waived. */
  expectedLargeObjects: number | null;
  /** Flags for pg_dump that leave out what was waived by name. */
  pgDumpArguments: string[];
  estimatedBytes: number;
}

/** Stores what a running pg_dump writes. Nothing appears in the store unless pg_dump succeeded and the checks passed. */
export async function dumpDatabase(
  context: BackupContext,
  { held, facts, dump }: StartedDatabase,
): Promise<{ record: DatabaseRecord; warnings: string[] }> {
  const { config, store, reporter, signal, attemptPrefix } = context;
  const { archive, finished } = dump;
  const name = held.database;
  const reader = new ArchiveReader();
  const tap = archiveTap(reader);
  let dumped = 0;
  archive.on("data", (chunk: Buffer) => {
    dumped += chunk.length;
    reporter.progress(`dump ${name}`, dumped, facts.estimatedBytes);
  });
  // Errors of either reach the object through the tap.
  pipeline(archive, tap, () => undefined);

  let summary: ArchiveSummary | undefined;
  let warnings: string[] = [];
  const object = await saveObject(
    store,
    `${attemptPrefix}${databaseObjectName(name, config.encryption !== undefined)}`,
    tap,
    async () => {
      warnings = await finished;
      summary = reader.end();
      assertComplete(name, facts, summary);
    },
    { level: config.dump.compressionLevel, recipients: config.encryption?.recipients ?? [], expectedBytes: facts.estimatedBytes, signal },
  ).catch(async (error: unknown) => {
    throw await causeOf(error, finished);
  });
  if (!summary) throw new Error("the archive was stored without having been read");
  reporter.progress(`dump ${name}`, object.plainBytes, object.plainBytes);
  return { record: recordOf(held, facts, object, summary), warnings };
}

function assertComplete(
  database: string,
  { expectedTables, expectedSequences, expectedLargeObjects }: DatabaseFacts,
  { tables, sequences, largeObjects }: ArchiveSummary,
): void {
  const differences = [
    ...compareSets("table", expectedTables, tables),
    ...(expectedSequences ? compareSets("sequence", expectedSequences, sequences) : []),
    ...(expectedLargeObjects === null || expectedLargeObjects === largeObjects.count
      ? []
      : [`${counted(largeObjects.count, "large object")} dumped, but ${expectedLargeObjects} in the catalogue`]),
  ];
  if (differences.length === 0) return;
  throw new ProblemError(ExitCode.DataWrong, {
    where: `database ${database}`,
    reason: "the dump does not hold exactly the tables, sequences and large objects that the catalogue shows, so nothing was committed",
    received: differences.join("\n            "),
    next: "run the backup again; if it repeats, report it: this should not happen",
  });
}

function recordOf(held: HeldDatabase, facts: DatabaseFacts, object: DatabaseRecord["object"], summary: ArchiveSummary): DatabaseRecord {
  return {
    name: held.database,
    object,
    archiveVersion: summary.header.version,
    snapshot: held.snapshotText,
    properties: facts.properties,
    entryCount: summary.entries.length,
    tables: summary.tables,
    sequences: summary.sequences,
    extensions: facts.extensions,
    largeObjects: summary.largeObjects,
    neverProven: facts.neverProven,
  };
}

/** A pg_dump that died leaves a cut archive: its own words say why. Any other failure is the cause itself, and pg_dump only lost its pipe. */
async function causeOf(error: unknown, finished: Promise<string[]>): Promise<unknown> {
  if (!(error instanceof ArchiveError)) return error;
  try {
    await finished;
    return error;
  } catch (cause) {
    return cause;
  }
}
