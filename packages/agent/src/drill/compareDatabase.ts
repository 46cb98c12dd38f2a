import { type Check, type DatabaseProperties, type DatabaseRecord, type DrillResult, type Respelled, Verdict } from "@pgkeep/core";
import type { ArchiveSummary } from "../archive/ArchiveReader.js";
import { compareProperties } from "../postgresql/databaseProperties.js";

export interface DatabaseComparison {
  checks: Check[];
  tables: DrillResult["tables"];
}

/** What was found in the restored database. */
export interface RestoredDatabase {
  summary: ArchiveSummary;
  properties: DatabaseProperties;
  extensions: DatabaseRecord["extensions"];
}

/** Compares everything of one restored database with its record, save the definitions, which need a server (compareDefinitions). */
export function compareDatabase(record: DatabaseRecord, restored: RestoredDatabase): DatabaseComparison {
  const tables = compareTables(record, restored.summary);
  const rows = record.tables.reduce((sum, { digest }) => sum + digest.rows, 0);
  return {
    checks: [
      check(`rows of ${record.name}`, `${record.tables.length} tables, ${rows} rows`, tables.differences),
      check(`sequences of ${record.name}`, `${record.sequences.length} values`, compareSequences(record, restored.summary)),
      check(`large objects of ${record.name}`, `${record.largeObjects.count} objects`, compareLargeObjects(record, restored.summary)),
      compareExtensions(record, restored.extensions),
      check(
        `settings and privileges of ${record.name}`,
        "owner, locale, settings, privileges",
        compareProperties(record.properties, restored.properties),
      ),
    ],
    tables: tables.outcomes,
  };
}

export function check(name: string, found: string, differences: readonly string[]): Check {
  return differences.length === 0
    ? { name, verdict: Verdict.Pass, details: [found] }
    : { name, verdict: Verdict.Fail, details: [...differences] };
}

/** A check of definitions: those that differ even in normal form fail it, those that are only respelled are listed. */
export function definitionsCheck(database: string, count: number, differences: readonly string[], respelled: readonly Respelled[]): Check {
  const found = respelled.length === 0 ? `${count} entries` : `${count} entries, ${respelled.length} respelled by the server`;
  return check(`definitions of ${database}`, found, differences);
}

function compareTables(record: DatabaseRecord, summary: ArchiveSummary) {
  const restored = new Map(summary.tables.map((table) => [JSON.stringify([table.schema, table.name]), table]));
  const differences: string[] = [];
  const outcomes = record.tables.map(({ schema, name, digest }) => {
    const key = JSON.stringify([schema, name]);
    const found = restored.get(key)?.digest;
    restored.delete(key);
    const equal = found !== undefined && found.rows === digest.rows && found.bytes === digest.bytes && found.hash === digest.hash;
    if (!found) differences.push(`table ${schema}.${name}: missing; it had ${digest.rows} rows`);
    else if (found.rows !== digest.rows) differences.push(`table ${schema}.${name}: ${found.rows} rows, ${digest.rows} were backed up`);
    else if (!equal) differences.push(`table ${schema}.${name}: contents differ although both have ${digest.rows} rows`);
    return { database: record.name, schema, name, rows: digest.rows, bytes: digest.bytes, equal };
  });
  for (const { schema, name } of restored.values()) differences.push(`table ${schema}.${name}: was not backed up`);
  return { differences, outcomes };
}

function compareSequences(record: DatabaseRecord, summary: ArchiveSummary): string[] {
  const restored = new Map(summary.sequences.map((sequence) => [JSON.stringify([sequence.schema, sequence.name]), sequence]));
  const differences = record.sequences.flatMap((sequence) => {
    const key = JSON.stringify([sequence.schema, sequence.name]);
    const found = restored.get(key);
    restored.delete(key);
    const name = `sequence ${sequence.schema}.${sequence.name}`;
    if (!found) return [`${name}: missing`];
    if (found.value === sequence.value && found.isCalled === sequence.isCalled) return [];
    return [`${name}: ${state(found)}, was ${state(sequence)}`];
  });
  return [...differences, ...[...restored.values()].map(({ schema, name }) => `sequence ${schema}.${name}: was not backed up`)];
}

function state({ value, isCalled }: { value: string; isCalled: boolean }): string {
  return `${value}${isCalled ? "" : " (not called yet)"}`;
}

function compareLargeObjects({ largeObjects: before }: DatabaseRecord, { largeObjects: after }: ArchiveSummary): string[] {
  if (before.count !== after.count) return [`large objects: ${after.count}, ${before.count} were backed up`];
  return before.bytes === after.bytes && before.hash === after.hash
    ? []
    : [`large objects: contents differ although there are ${before.count} in both`];
}

/** Another version of an extension may behave differently: then equality of what it provides cannot be claimed, nor denied. */
function compareExtensions(record: DatabaseRecord, restored: DatabaseRecord["extensions"]): Check {
  const found = new Map(restored.map((extension) => [extension.name, extension]));
  const missing: string[] = [];
  const otherVersions: string[] = [];
  for (const { name, version, schema } of record.extensions) {
    const extension = found.get(name);
    found.delete(name);
    if (!extension) missing.push(`extension ${name}: missing`);
    else if (extension.schema !== schema) missing.push(`extension ${name}: in schema ${extension.schema}, was in ${schema}`);
    else if (extension.version !== version)
      otherVersions.push(`extension ${name}: version ${extension.version} here, ${version} at the source`);
  }
  for (const name of found.keys()) missing.push(`extension ${name}: was not backed up`);
  const name = `extensions of ${record.name}`;
  if (missing.length > 0 || otherVersions.length === 0) return check(name, `${record.extensions.length} extensions`, missing);
  return { name, verdict: Verdict.CouldNotVerify, details: otherVersions };
}
