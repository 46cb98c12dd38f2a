import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { entryPerLargeObject } from "./largeObjectEntries.js";

/** What an entry defines, for people: `TABLE public.orders`. */
export type ObjectName = string;

/** Entries of one object whose contents are not the same on both sides. */
export interface EntryDifference {
  object: ObjectName;
  before: readonly ArchiveEntry[];
  after: readonly ArchiveEntry[];
}

/**
 * Kinds that are compared elsewhere, by what they hold instead of by their text (rows and large objects by digest, sequence values as
 * values, the database's own properties through SQL), and kinds that only set up the session.
 */
const COMPARED_ELSEWHERE = new Set([
  "TABLE DATA",
  "SEQUENCE SET",
  "BLOBS",
  "BLOB DATA",
  "DATABASE",
  "DATABASE PROPERTIES",
  "ENCODING",
  "STDSTRINGS",
  "SEARCHPATH",
]);

/** The entries that a drill compares. Grants, comments and labels of the database itself carry its name in the tag. */
function definitionsOf(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  return entryPerLargeObject(entries).filter(
    ({ description, tag }) => !COMPARED_ELSEWHERE.has(description) && !tag.startsWith("DATABASE "),
  );
}

export function objectName({ description, namespace, tag }: ArchiveEntry): ObjectName {
  return namespace ? `${description} ${namespace}.${tag}` : `${description} ${tag}`;
}

/** All that must be equal: what it is, how it is made, whose it is, where it lies. Ids and the order of entries may differ. */
export function contentsOf(entry: ArchiveEntry): string {
  return JSON.stringify([objectName(entry), entry.owner, entry.tablespace, entry.accessMethod, entry.definition.trim()]);
}

/** Compares two archives' definitions as multisets. Equal entries cancel each other; what is left is grouped by the object it defines. */
export function compareEntries(before: readonly ArchiveEntry[], after: readonly ArchiveEntry[]): EntryDifference[] {
  const unmatched = new Map<string, ArchiveEntry[]>();
  for (const entry of definitionsOf(before)) append(unmatched, contentsOf(entry), entry);
  const extra: ArchiveEntry[] = [];
  for (const entry of definitionsOf(after)) {
    if (!unmatched.get(contentsOf(entry))?.pop()) extra.push(entry);
  }
  const differences = new Map<ObjectName, { object: ObjectName; before: ArchiveEntry[]; after: ArchiveEntry[] }>();
  const differenceOf = (entry: ArchiveEntry) => {
    const object = objectName(entry);
    const known = differences.get(object) ?? { object, before: [], after: [] };
    differences.set(object, known);
    return known;
  };
  for (const entry of [...unmatched.values()].flat()) differenceOf(entry).before.push(entry);
  for (const entry of extra) differenceOf(entry).after.push(entry);
  return [...differences.values()].sort((a, b) => (a.object < b.object ? -1 : 1));
}

function append(groups: Map<string, ArchiveEntry[]>, key: string, entry: ArchiveEntry): void {
  const group = groups.get(key);
  if (group) group.push(entry);
  else groups.set(key, [entry]);
}
