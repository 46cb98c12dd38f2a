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
  /**
   * Who waits for a table that is held, in words; for saying why a pg_dump does not get its locks. One that asks for them after a TRUNCATE
   * queues behind it, while the TRUNCATE waits for us: nobody on the server sees that circle, and only `release` opens it. A pg_dump that
   * has written its first byte has all its locks.
   */
  describeWaiters(): Promise<string[]>;
  /** Ends everything that is held. May be called again. Never throws. */
  release(): Promise<void>;
}
