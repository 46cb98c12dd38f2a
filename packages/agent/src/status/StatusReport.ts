import type { RetentionEnforcer, Verdict } from "@pgkeep/core";
import type { Leftover } from "../manifest/history.js";
import type { StoreRequests } from "./countRequests.js";

/** Something that calls for a person. */
export interface StatusFinding {
  kind:
    | "no-recovery-point"
    | "rpo-missed"
    | "not-proven"
    | "suspicious"
    | "drill-failed"
    | "drill-could-not-verify"
    | "physical-drill-failed"
    | "physical-drill-could-not-verify"
    | "unreadable-manifest"
    | "in-the-future";
  text: string;
}

/** A recovery point and how old what it holds is. */
export interface AgedPoint {
  id: string;
  /** The one instant its data is of, by the server's clock; of the run's slot where its manifest was not read. */
  dataAsOf: Date;
  committedAt: Date;
  /** Negative where it lies in the future. */
  ageSeconds: number;
}

/** How something stands against a target of the configuration. */
export interface HeldAgainst {
  targetSeconds: number;
  /** Null where there is nothing whose age could be told. */
  ageSeconds: number | null;
  met: boolean;
}

/** One recovery point of the trend, from its manifest. */
export interface TrendPoint {
  id: string;
  dataAsOf: Date;
  storedBytes: number;
  plainBytes: number;
  rows: number;
  backupSeconds: number;
}

export interface DrillOfStatus {
  id: string;
  at: Date;
  verdict: Verdict;
  /** The measured RTO of the data; null where nothing was restored or the result cannot be read. */
  restoreSeconds: number | null;
  compareSeconds: number | null;
}

/** What `pgkeep status` tells of one cluster in one store. */
export interface StatusReport {
  cluster: string;
  store: string;
  at: Date;
  /** Nothing calls for a person: every target that is set is met. */
  ok: boolean;
  findings: StatusFinding[];
  /** Newest recovery points, those whose removal has begun left out. `good`: checked and not suspicious, or accepted. */
  newest: { committed: AgedPoint | null; good: AgedPoint | null; proven: AgedPoint | null };
  /** When a drill of a good recovery point passed last. */
  lastProofAt: Date | null;
  /** Null where no target is set. */
  objectives: { rpo: HeldAgainst | null; provenWithin: HeldAgainst | null };
  /** Who removes what the policy lets go, and what is lost where that is not the agent; null without a policy. */
  retention: { enforcedBy: RetentionEnforcer; lostGuards: readonly string[] } | null;
  counts: { all: number; good: number; proven: number; suspicious: number; accepted: number; pinned: number; removing: number };
  nextRuns: { job: string; at: Date }[];
  /** The last record of each action in the audit trail of this month and the one before. */
  lastActions: { action: string; at: Date; result: string }[];
  /** The newest recovery points, oldest first. */
  trend: TrendPoint[];
  /** Of the newest good recovery point. */
  databases: { name: string; rows: number; storedBytes: number; plainBytes: number }[];
  /** The newest drills, oldest first. */
  drills: DrillOfStatus[];
  /** The newest drill of a physical copy, which is of no recovery point; null where there was none. */
  lastPhysicalDrill: { at: Date; verdict: Verdict } | null;
  unreadable: { id: string; reason: string }[];
  /** Only where they were asked for: they take a listing of every object. */
  leftovers?: Leftover[];
  requests: StoreRequests;
  /** How long reading took. */
  milliseconds: number;
}
