import type { SnapshotProof } from "@pgkeep/core";
import type { Session } from "../postgresql/session.js";

export interface TableName {
  schema: string;
  name: string;
}

/** One database as it was at the common instant. */
export interface HeldDatabase {
  database: string;
  /** In the held REPEATABLE READ transaction: whatever it reads is of the instant. A failing statement ends the transaction and the run. */
  session: Session;
  /** pg_current_snapshot() of that transaction. */
  snapshotText: string;
  /** For `pg_dump --snapshot`. */
  exportedSnapshot: string;
  /** Every table visible at the instant that is locked; none of them can be emptied, rewritten or dropped before pg_dump reads it. */
  tables: TableName[];
  /** Tables the role may not read, hence not lock; pg_dump fails on them unless they are excluded. */
  unreadable: TableName[];
}

/** All databases of a recovery point, held at one instant until `release`. */
export interface HeldSnapshot {
  proof: SnapshotProof;
  databases: HeldDatabase[];
  /** Rejects when a session that holds something is lost, or a standby's replay went on. */
  lost: Promise<never>;
  /** Throws unless every transaction still holds its snapshot and its locks and, on a standby, replay stood still throughout. Ask it before a commit. */
  assertStillHeld(): Promise<void>;
  /** Who waits for a table that is held, in words, pg_dump among them: two or more may wait for each other through us (see `waitForDumpLocks`). */
  describeWaiters(): Promise<string[]>;
  /**
   * Gives back the locks but not the snapshot, once every pg_dump has its own (see `waitForDumpLocks`). DDL of a database then waits for its
   * own dump only, not for the longest of all.
   */
  releaseLocks(): Promise<void>;
  /** Ends everything that is held. May be called again. Never throws. */
  release(): Promise<void>;
}
