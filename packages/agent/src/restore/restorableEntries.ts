import type { ArchiveEntry } from "../archive/ArchiveEntry.js";

/** What only sets up the session, or is of the database itself, which `pg_restore` without --create leaves alone. */
const NOT_CONTENTS = new Set(["ENCODING", "STDSTRINGS", "SEARCHPATH", "DATABASE", "DATABASE PROPERTIES"]);
const ROWS = new Set([
  "TABLE DATA",
  "SEQUENCE SET",
  "BLOB",
  "BLOBS",
  "BLOB METADATA",
  "BLOB COMMENTS",
  "MATERIALIZED VIEW DATA",
  "STATISTICS DATA",
]);

/** The entries that pg_restore runs when it restores into a database that is there already. */
export function restorableEntries(entries: readonly ArchiveEntry[], options: { schemaOnly: boolean }): ArchiveEntry[] {
  return entries.filter(
    ({ description, tag }) =>
      !NOT_CONTENTS.has(description) &&
      !(["ACL", "COMMENT", "SECURITY LABEL"].includes(description) && tag.startsWith("DATABASE ")) &&
      !(options.schemaOnly && ROWS.has(description)),
  );
}
