import type { DatabaseRecord, Digest, SequenceRecord } from "@pgkeep/core";
import type { ArchiveSummary } from "../archive/ArchiveSummary.js";
import { shownName } from "../postgresql/objectName.js";

/** What of a record is to be compared. */
export interface Compared {
  /** Absent: all tables and sequences, and nothing else may be there. Else only these, whatever else there is. */
  only?: { tables: ReadonlySet<string>; sequences: ReadonlySet<string> };
  /** Tables and sequences that are there without having been backed up with contents, by name: such a table must have no row. */
  alone?: ReadonlySet<string>;
  /** Absent: compared. */
  largeObjects?: boolean;
  /** Whether tables are compared by how many rows they have: the same rows read differently under another time zone, for one. */
  countsOnly?: boolean;
}

/** How rows, sequence values and large objects of an archive differ from what is recorded, one line each. */
export function differencesFromRecord(
  record: Pick<DatabaseRecord, "tables" | "sequences" | "largeObjects">,
  summary: Pick<ArchiveSummary, "tables" | "sequences" | "largeObjects" | "unread">,
  compared: Compared = {},
): string[] {
  const { only } = compared;
  const recordedTables = new Set(record.tables.map(({ schema, name }) => shownName(schema, name)));
  const recordedSequences = new Set(record.sequences.map(({ schema, name }) => shownName(schema, name)));
  const isAlone = (name: string, recorded: ReadonlySet<string>) => compared.alone?.has(name) === true && !recorded.has(name);
  const foundTables = summary.tables.filter(
    ({ schema, name, digest }) => !(digest.rows === 0 && isAlone(shownName(schema, name), recordedTables)),
  );
  const foundSequences = summary.sequences.filter(({ schema, name }) => !isAlone(shownName(schema, name), recordedSequences));
  const tables = compare("table", record.tables, foundTables, only?.tables, (recorded, found) =>
    digests(recorded.digest, found.digest, compared.countsOnly === true),
  );
  const sequences = compare("sequence", record.sequences, foundSequences, only?.sequences, (recorded, found) =>
    state(recorded) === state(found) ? undefined : `${state(found)}, was ${state(recorded)}`,
  );
  const unread = summary.unread.map(
    ({ table, reason }) => `${table === null ? "large objects" : `table ${shownName(table.schema, table.name)}`}: ${reason}`,
  );
  return [
    ...tables,
    ...sequences,
    ...(compared.largeObjects === false ? [] : largeObjects(record.largeObjects, summary.largeObjects)),
    ...unread,
  ];
}

interface Named {
  schema: string;
  name: string;
}

function compare<Item extends Named>(
  kind: string,
  recorded: readonly Item[],
  found: readonly Item[],
  only: ReadonlySet<string> | undefined,
  difference: (recorded: Item, found: Item) => string | undefined,
): string[] {
  const left = new Map(found.map((item) => [shownName(item.schema, item.name), item]));
  const differences = recorded.flatMap((item) => {
    const name = shownName(item.schema, item.name);
    const same = left.get(name);
    left.delete(name);
    if (only && !only.has(name)) return [];
    const text = same === undefined ? "missing" : difference(item, same);
    return text === undefined ? [] : [`${kind} ${name}: ${text}`];
  });
  return only ? differences : [...differences, ...[...left.keys()].map((name) => `${kind} ${name}: was not backed up`)];
}

function digests(recorded: Digest, found: Digest, countsOnly: boolean): string | undefined {
  if (found.rows !== recorded.rows) return `${found.rows} rows, ${recorded.rows} were backed up`;
  if (countsOnly) return undefined;
  return found.bytes === recorded.bytes && found.hash === recorded.hash
    ? undefined
    : `contents differ although both have ${recorded.rows} rows`;
}

function state({ value, isCalled }: SequenceRecord): string {
  return `${value}${isCalled ? "" : " (not called yet)"}`;
}

function largeObjects(recorded: DatabaseRecord["largeObjects"], found: DatabaseRecord["largeObjects"]): string[] {
  if (found.count !== recorded.count) return [`large objects: ${found.count}, ${recorded.count} were backed up`];
  return found.bytes === recorded.bytes && found.hash === recorded.hash
    ? []
    : [`large objects: contents differ although there are ${recorded.count} in both`];
}
