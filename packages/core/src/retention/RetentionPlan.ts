import type { RetentionRules } from "./retentionRules.js";

/** A recovery point as retention judges it. Nothing here needs its manifest. */
export interface RetentionCandidate {
  id: string;
  /** The moment that it counts under. */
  slot: Date;
  /** Committed and not suspicious, or accepted. False: the anomaly gate found something and nobody has accepted it. */
  good: boolean;
  /** When a drill of it last passed, null when none did. */
  provenAt: Date | null;
  /** The pin in force: until when, null for ever. Undefined when there is none. */
  pinned: { until: Date | null } | undefined;
  /** A restore, a drill or a copy is reading it. */
  inUse: boolean;
  /** An earlier removal of it began and did not end. */
  removing: boolean;
  /** Why its manifest cannot be read, for example that a newer pgkeep wrote it. Null when it can. Such a recovery point is kept and not counted. */
  unreadable: string | null;
}

/** A recovery point that stays, and everything that keeps it. */
export interface KeptRecoveryPoint {
  id: string;
  reasons: string[];
}

/** A recovery point that goes, and why no rule keeps it. */
export interface RemovedRecoveryPoint {
  id: string;
  reason: string;
}

/** What a retention policy means for the recovery points there are: a value, which changes nothing. Lists are oldest first. */
export interface RetentionPlan {
  /** The moment that the plan was made for. */
  at: Date;
  /** IANA name of the time zone whose hours, days, weeks, months and years count. */
  timeZone: string;
  /** The policy with its preset and defaults in place. */
  rules: RetentionRules;
  /** How many recovery points counted: good, readable, not of the future, and not being removed. */
  counted: number;
  keep: KeptRecoveryPoint[];
  /** Empty when retention stopped. */
  remove: RemovedRecoveryPoint[];
  /** What would go had retention not stopped; all of it is in `keep`. */
  withheld: RemovedRecoveryPoint[];
  /** Why nothing may be removed now, null when it may. */
  stopped: string | null;
}
