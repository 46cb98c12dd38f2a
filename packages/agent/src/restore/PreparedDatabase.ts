import type { DatabaseProperties, DatabaseRecord, ExtensionRecord } from "@pgkeep/core";
import type { ArchiveContents, ArchiveSource, ScriptSource } from "./ArchiveSource.js";
import type { PlannedDatabase } from "./RestorePlan.js";
import type { TableSelection } from "./selectTables.js";

/** One database to restore, with all that was found out about it. */
export interface PreparedDatabase {
  planned: PlannedDatabase;
  source: { archive: ArchiveSource; contents: ArchiveContents } | { script: ScriptSource };
  /** Entries that the user chose; null: all. */
  selection: TableSelection | null;
  /** What the new database is to be like; null where it goes into one that exists. */
  properties: DatabaseProperties | null;
  /** Null for a file. */
  record: DatabaseRecord | null;
  extensions: readonly ExtensionRecord[];
  /** Dump ids that are left out, as accepted. */
  leftOut: ReadonlySet<number>;
  /** Settings that are left out, as accepted, in lower case. */
  leftOutSettings: ReadonlySet<string>;
  /** Null where unknown. */
  monetaryLocale: string | null;
  monetaryLocaleKnown: boolean;
  noTablespaces: boolean;
}
