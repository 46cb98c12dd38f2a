import type { AgentConfig, Connection, Manifest } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";

/** Commands and an address of the application that uses the databases. */
export interface ApplicationHooks {
  /** Shell command that stops it, run right before the databases change. */
  stop?: string;
  /** Shell command that starts it again, run whatever happens once `stop` was run. */
  start?: string;
  /** http(s) address that answers with a status below 400 when the application is well. */
  checkUrl?: string;
  /** How long the address is asked again and again. Defaults to two minutes. */
  checkForMilliseconds?: number;
}

/** Where somebody outside may stop a restore. */
export interface RestoreSteps {
  begin(): Promise<void>;
  change(): Promise<void>;
}

/** Where to restore and how; the same for recovery points and for files. */
export interface RestoreTargetOptions {
  /** The server to restore into. */
  connection: Connection;
  /** Folder of PostgreSQL's client programs; absent: the newest found. */
  programs?: string;
  /** Existing databases that may lose what they hold, by their name at the target: the typed confirmation. */
  yesReplace?: readonly string[];
  /** Definitions without rows. */
  schemaOnly?: boolean;
  /** Everything belongs to the restoring role. */
  noOwner?: boolean;
  /** No privileges. */
  noAcl?: boolean;
  /** Restores although the preflight lists entries that this role or server cannot take, without those. */
  acceptMissing?: boolean;
  /** Replaces a database although it was migrated further than the recovery point. */
  acceptOlderMigrations?: boolean;
  /** Queries of the user's own for the migrations of living databases. Defaults to none: the tables of the common tools are read. */
  migrationQueries?: AgentConfig["application"]["migrationQueries"];
  /** Ends after the preflight; nothing is touched. */
  dryRun?: boolean;
  /** Above 1: pg_restore with that many connections, from a decrypted file that lies in `workFolder` meanwhile. Defaults to 1, which streams. */
  jobs?: number;
  /** Where a decrypted file may lie for a time. Defaults to the system's temporary folder. */
  workFolder?: string;
  /** Whether what was restored is read back and compared before it takes its name. Defaults to true. */
  verify?: boolean;
  /** Whether a replaced database stays under another name. Defaults to true. */
  keepReplaced?: boolean;
  application?: ApplicationHooks;
  /** Called before anything is touched, and before databases change under their own names; whatever they throw stops it there. */
  steps?: RestoreSteps;
  reporter: Reporter;
  signal?: AbortSignal;
}

export interface DatabaseChoice {
  /** Its name in the recovery point. */
  name: string;
  /** Its name at the target; absent: the same. */
  as?: string;
}

export interface RestoreOptions extends RestoreTargetOptions {
  store: Store;
  manifest: Manifest;
  /** age identities, where the objects are encrypted. */
  identities?: readonly string[];
  /** Absent: all databases of the recovery point under their own names. */
  databases?: readonly DatabaseChoice[];
  /** Only these, as `schema.table`, of exactly one database; into it while it lives, or into a new one. */
  tables?: readonly string[];
  /** Empties the existing database and fills it again in one transaction, instead of replacing it by another of its name. */
  inPlaceClean?: boolean;
  /**
   * Whether each object is read whole and verified before the first statement runs, and a second time to load it. Defaults to true where the
   * manifest is signed, since nothing forged may run, and always so in place.
   */
  readFirst?: boolean;
}

export interface RestoreFileOptions extends RestoreTargetOptions {
  /** A plain SQL script, a custom or tar archive (each as it is, or compressed by gzip or zstd, or encrypted by age), or a directory archive. */
  file: string;
  /** The database to restore into, which is created, or replaced as a whole. */
  database: string;
  identities?: readonly string[];
}
