import type { ArchiveEntry } from "../archive/ArchiveEntry.js";

/**
 * pg_dump 17 and later write one entry for many large objects of one owner and equal grants (`BLOB METADATA`, tag `101..103`, the oids as its
 * definition), older ones an entry each (`BLOB`). This brings both to an entry each, so that they compare, and a difference names its object.
 * See dumpLO and dumpACL in pg_dump.c, and IssueACLPerBlob in pg_backup_archiver.c, which repeats the grants of the first for all.
 */
export function entryPerLargeObject(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  const groups = new Map(entries.filter(({ description }) => description === "BLOB METADATA").map((entry) => [entry.tag, oidsOf(entry)]));
  return entries.flatMap((entry) => {
    if (entry.description === "BLOB METADATA") return oidsOf(entry).map((oid) => alone(entry, oid));
    const group = /^LARGE OBJECTS (\d+\.\.\d+)$/.exec(entry.tag)?.[1];
    const oids = group === undefined ? undefined : groups.get(group);
    return oids ? oids.map((oid) => grantsAlone(entry, oid, oids[0] ?? oid)) : [entry];
  });
}

function oidsOf({ definition }: ArchiveEntry): string[] {
  return definition.split("\n").filter((oid) => oid !== "");
}

function alone(entry: ArchiveEntry, oid: string): ArchiveEntry {
  return { ...entry, description: "BLOB", tag: oid, definition: `SELECT pg_catalog.lo_create('${oid}');\n` };
}

function grantsAlone(entry: ArchiveEntry, oid: string, first: string): ArchiveEntry {
  const definition = entry.definition.replaceAll(` ON LARGE OBJECT ${first} `, ` ON LARGE OBJECT ${oid} `);
  return { ...entry, tag: `LARGE OBJECT ${oid}`, definition };
}
