import { type Check, counted, type DatabaseProperties, type DatabaseRecord, type DrillResult, type Respelled, Verdict } from "@pgkeep/core";
import type { ArchiveSummary } from "../archive/ArchiveSummary.js";
import { compareProperties } from "../postgresql/databaseProperties.js";
import { differencesFromRecord } from "../restore/differencesFromRecord.js";

/** What was found in a restored database. */
export interface RestoredDatabase {
  summary: ArchiveSummary;
  /** Tables and sequences that the archive defined without contents, by name. */
  alone?: ReadonlySet<string>;
  properties: DatabaseProperties;
  extensions: DatabaseRecord["extensions"];
}

/** Compares everything of one restored database with its record, save the definitions, which need a server (compareDefinitions). */
export function compareDatabase(record: DatabaseRecord, restored: RestoredDatabase): Check[] {
  const rows = record.tables.reduce((sum, { digest }) => sum + digest.rows, 0);
  const contents = [
    counted(record.tables.length, "table"),
    counted(rows, "row"),
    counted(record.sequences.length, "sequence"),
    counted(record.largeObjects.count, "large object"),
  ].join(", ");
  return [
    check(
      `contents of ${record.name}`,
      contents,
      differencesFromRecord(record, restored.summary, restored.alone ? { alone: restored.alone } : {}),
    ),
    compareExtensions(record, restored.extensions),
    check(
      `database ${record.name}`,
      "owner, encoding, locale, settings, privileges, comment",
      compareProperties(record.properties, restored.properties),
    ),
  ];
}

/** A check that passes when nothing differs. */
export function check(name: string, found: string, differences: readonly string[]): Check {
  return differences.length === 0
    ? { name, verdict: Verdict.Pass, details: [found] }
    : { name, verdict: Verdict.Fail, details: [...differences] };
}

/** A check of definitions: those that differ even in normal form fail it, those that are only respelled are listed. */
export function definitionsCheck(
  database: string,
  count: number,
  { differences, respelled }: { differences: readonly string[]; respelled: readonly Respelled[] },
): Check {
  const found = `${counted(count, "entry", "entries")}${respelled.length === 0 ? "" : `, ${respelled.length} of them respelled by the server`}`;
  return check(`definitions of ${database}`, found, differences);
}

/** Each table of a record and whether it came back with the same rows. */
export function tableOutcomes(record: DatabaseRecord, summary: ArchiveSummary): DrillResult["tables"] {
  const restored = new Map(summary.tables.map(({ schema, name, digest }) => [JSON.stringify([schema, name]), digest]));
  return record.tables.map(({ schema, name, digest }) => {
    const found = restored.get(JSON.stringify([schema, name]));
    const equal = found?.rows === digest.rows && found.bytes === digest.bytes && found.hash === digest.hash;
    return { database: record.name, schema, name, rows: digest.rows, bytes: digest.bytes, equal };
  });
}

/** Another version of an extension may behave differently: then equality of what it provides can be neither claimed nor denied. */
function compareExtensions(record: DatabaseRecord, restored: DatabaseRecord["extensions"]): Check {
  const left = new Map(restored.map((extension) => [extension.name, extension]));
  const differences: string[] = [];
  const otherVersions: string[] = [];
  for (const { name, version, schema } of record.extensions) {
    const found = left.get(name);
    left.delete(name);
    if (!found) differences.push(`extension ${name}: missing`);
    else if (found.schema !== schema) differences.push(`extension ${name}: in schema ${found.schema}, was in ${schema}`);
    else if (found.version !== version) otherVersions.push(`extension ${name}: version ${found.version} here, ${version} at the source`);
  }
  for (const name of left.keys()) differences.push(`extension ${name}: was not backed up`);
  const name = `extensions of ${record.name}`;
  if (differences.length === 0 && otherVersions.length > 0) return { name, verdict: Verdict.CouldNotVerify, details: otherVersions };
  return check(name, counted(record.extensions.length, "extension"), differences);
}
