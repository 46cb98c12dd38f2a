import type { ArchiveEntry } from "../archive/ArchiveEntry.js";

/**
 * Which entries need one of the given ones, directly or through others, and which of the given it is. Entries are in an order in which each
 * comes after what it needs (pg_dump sorts them so), save for circles that pg_dump broke, so it goes on until nothing more is found.
 */
export function entryDependents(entries: readonly ArchiveEntry[], of: Iterable<number>): Map<number, number> {
  const cause = new Map([...of].map((dumpId) => [dumpId, dumpId]));
  for (let before = -1; before !== cause.size; ) {
    before = cause.size;
    for (const { dumpId, dependencies } of entries) {
      if (cause.has(dumpId)) continue;
      const needed = dependencies.find((id) => cause.has(id));
      if (needed !== undefined) cause.set(dumpId, cause.get(needed) ?? needed);
    }
  }
  return cause;
}
