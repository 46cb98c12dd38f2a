import type { ArchiveEntry } from "../archive/ArchiveEntry.js";

/**
 * Which entries need one of the given ones, directly or through others, and which of the given it is. Entries are in an order in which each
 * comes after what it needs (pg_dump sorts them so), save for circles that pg_dump broke, so it goes on until nothing more is found.
 */
export function entryDependents(entries: readonly ArchiveEntry[], of: Iterable<number>): Map<number, number> {
  const cause = new Map([...of].map((dumpId) => [dumpId, dumpId]));
  const servers = new Map(entries.filter(({ description }) => description === "SERVER").map(({ tag, dumpId }) => [tag, dumpId]));
  for (let before = -1; before !== cause.size; ) {
    before = cause.size;
    for (const entry of entries) {
      if (cause.has(entry.dumpId)) continue;
      const needed = [...entry.dependencies, ...unrecorded(entry, servers)].find((id) => cause.has(id));
      if (needed !== undefined) cause.set(entry.dumpId, cause.get(needed) ?? needed);
    }
  }
  return cause;
}

/** pg_dump records no dependency of a user mapping on its server: it writes them right behind each other. */
function unrecorded({ description, tag }: ArchiveEntry, servers: ReadonlyMap<string, number>): number[] {
  if (description !== "USER MAPPING") return [];
  return [...servers].filter(([server]) => tag.endsWith(` SERVER ${server}`)).map(([, dumpId]) => dumpId);
}
