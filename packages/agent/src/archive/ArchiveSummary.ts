import type { DatabaseRecord, SequenceRecord, TableRecord } from "@pgkeep/core";
import type { ArchiveEntry, ArchiveHeader } from "./ArchiveEntry.js";

/** Data that the archive holds and the reader could not digest. Nothing about it may be called compared or proven. */
export interface UnreadData {
  /** The table, or null for large objects. */
  table: { schema: string; name: string } | null;
  /** For example `rows not read: compressed with gzip`. */
  reason: string;
}

/** What a whole archive holds. */
export interface ArchiveSummary {
  header: ArchiveHeader;
  entries: ArchiveEntry[];
  /** The tables with a `TABLE DATA` entry, in the archive's order, without those in `unread`. */
  tables: TableRecord[];
  /** From the `SEQUENCE SET` entries. */
  sequences: SequenceRecord[];
  /** Contents only, metadata is in the entries. Where `unread` names them, only the count is true. */
  largeObjects: DatabaseRecord["largeObjects"];
  /** Empty for every archive that pgkeep makes itself. */
  unread: UnreadData[];
  /** Size of the archive. */
  bytes: number;
}
