import type { ApplicationRecord } from "@pgkeep/core";

/** What a restore does to one database. */
export enum DatabaseAction {
  /** The name is free: it is restored under a scratch name and renamed. */
  Create = "create",
  /** It exists: restored under a scratch name, which then takes its place; the old one stays under another name. */
  Replace = "replace",
  /** It exists and is emptied and filled in one transaction. */
  CleanInPlace = "clean in place",
  /** It exists and gets chosen tables in one transaction. */
  AddTables = "add tables",
}

export interface PlannedDatabase {
  /** Its name in the recovery point; for a file its own. */
  source: string;
  /** Its name at the target. */
  target: string;
  action: DatabaseAction;
  /** The name it has while it is restored; null in place. */
  scratch: string | null;
  /** The name that the old database gets; null where nothing is replaced. */
  replacedAs: string | null;
  /** Size of the archive, which is about that of the rows as text; null where unknown. */
  bytes: number | null;
}

/** Everything a restore is going to do, decided before it touches anything. */
export interface RestorePlan {
  /** Id of the recovery point; null for a file. */
  recoveryPoint: string | null;
  /** The instant of the recovery point, by the server's clock then. */
  takenAt: string | null;
  /** The file, where it is one. */
  file: string | null;
  /** The version of the application that wrote the data, to be deployed first; null where nothing is known of it. */
  application: ApplicationRecord | null;
  /** The server, as an address and a version. */
  target: string;
  databases: PlannedDatabase[];
  /** Chosen tables, as `schema.table`; empty: everything. */
  tables: string[];
  schemaOnly: boolean;
  withOwners: boolean;
  withPrivileges: boolean;
  /** Read back and compared before it takes its name. */
  verify: boolean;
  keepReplaced: boolean;
  jobs: number;
  createRoles: string[];
  stop: string | null;
  start: string | null;
  checkUrl: string | null;
}
