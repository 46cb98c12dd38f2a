import { type Check, counted, type DrillResult, type Manifest, type Respelled, Verdict } from "@pgkeep/core";
import { ArchiveReader } from "../archive/ArchiveReader.js";
import { definedAlone } from "../archive/definedAlone.js";
import { ContentsRecorder } from "../dump/ContentsRecorder.js";
import { summariseDatabase } from "../dump/summariseDatabase.js";
import { readExtensions } from "../postgresql/catalogue.js";
import { compareGlobals } from "../postgresql/compareGlobals.js";
import { readDatabaseProperties } from "../postgresql/databaseProperties.js";
import { readGlobals } from "../postgresql/globals.js";
import { openSession } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import type { ArchiveSource } from "../restore/ArchiveSource.js";
import { check, compareDatabase, definitionsCheck, tableOutcomes } from "./compareDatabase.js";
import { compareDefinitions } from "./compareDefinitions.js";
import type { ScratchDatabase } from "./restoreScratch.js";
import type { ScratchSpace } from "./scratchSpace.js";

export interface ScratchComparison {
  checks: Check[];
  respelled: Respelled[];
  tables: DrillResult["tables"];
}

/** Dumps what was restored through the same reader and compares all of it with the manifest. */
export async function compareScratch(
  manifest: Manifest,
  restored: readonly ScratchDatabase[],
  scratch: ScratchSpace,
  reporter: Reporter,
  signal?: AbortSignal,
): Promise<ScratchComparison> {
  const checks = [await compareRoles(manifest, scratch)];
  const respelled: Respelled[] = [];
  const tables: DrillResult["tables"] = [];
  const crossMajor = scratch.major !== Math.floor(manifest.server.versionNumber / 10_000);
  for (const { record, database, source, entries } of restored) {
    reporter.info(`comparing ${record.name}`);
    const { connection, programs } = scratch;
    const session = await openSession(connection, database);
    const facts = { properties: await readDatabaseProperties(session, database), extensions: await readExtensions(session) };
    await session.end();
    const columns = new Map(record.tables.map((table) => [JSON.stringify([table.schema, table.name]), table.columns]));
    const summary = await summariseDatabase({
      programs,
      connection,
      database,
      monetaryLocale: record.properties.monetaryLocale,
      // An inheritance child may come back with its columns in another order.
      columnOrder: (schema, table) => columns.get(JSON.stringify([schema, table])),
      ...(signal ? { signal } : {}),
    });
    const definitions = await compareDefinitions(
      record.name,
      { entries, contents: () => readContentsBytes(source) },
      { entries: summary.entries, contents: () => Promise.resolve(summary.contents) },
      crossMajor,
      { programs, connection, targetMajor: scratch.major, properties: record.properties, ...(signal ? { signal } : {}) },
    );
    checks.push(
      ...compareDatabase(record, { summary, alone: definedAlone(entries), ...facts }),
      definitionsCheck(record.name, record.entryCount, definitions),
    );
    respelled.push(...definitions.respelled);
    tables.push(...tableOutcomes(record, summary));
  }
  return { checks, respelled, tables };
}

/** On a shared server the roles are its own: nothing can be said about those of the source. */
async function compareRoles(manifest: Manifest, scratch: ScratchSpace): Promise<Check> {
  const { globals } = manifest;
  const name = "roles, memberships and their settings";
  if (scratch.kind === "given") {
    return {
      name,
      verdict: Verdict.CouldNotVerify,
      details: ["the scratch server is shared, so its roles were not replaced; drill on a server of the agent's own to prove them"],
    };
  }
  const session = await openSession(scratch.connection, scratch.connection.maintenanceDatabase);
  try {
    const actual = await readGlobals(session, { passwords: false });
    const differences = compareGlobals(globals, actual.globals, { passwords: globals.verifiers, tablespaces: false });
    return check(name, `${counted(globals.roles.length, "role")}, ${counted(globals.memberships.length, "membership")}`, differences);
  } finally {
    await session.end();
  }
}

/** The bytes of an archive up to its table of contents. */
async function readContentsBytes(source: ArchiveSource): Promise<Buffer> {
  const recorder = new ContentsRecorder();
  const reader = new ArchiveReader({ onContents: () => recorder.stop() });
  for await (const part of (await source.open()) as AsyncIterable<Buffer>) {
    recorder.write(part);
    reader.write(part);
    if (recorder.complete) break;
  }
  return recorder.bytes();
}
