import type { RetentionPlan } from "@pgkeep/core";
import type { RemovalState } from "../records/tombstones.js";
import type { StoredAttempt } from "./storedAttempts.js";

/** What an attempt left that no recovery point needs. */
export interface SurveyedLeftover extends StoredAttempt {
  /** Until when its run must be taken for alive. */
  aliveUntil: Date;
}

/** A removal that began, and whose manifest is gone. */
export interface UnfinishedRemoval {
  id: string;
  /** The attempts that the manifest named. */
  attempts: string[];
}

/** What there is in a store and what a policy means for it. */
export interface RetentionSurvey {
  plan: RetentionPlan;
  /** Bytes of everything that the attempts at each recovery point wrote. */
  bytes: Map<string, number>;
  /** Attempts that each readable recovery point's manifest names. */
  attempts: Map<string, string[]>;
  /** Recovery points that are suspicious and that nobody accepted. */
  suspicious: Set<string>;
  leftovers: SurveyedLeftover[];
  unfinished: UnfinishedRemoval[];
  /** The records of removals of recovery points that are still there. */
  removals: Map<string, RemovalState>;
  /** Recovery points whose manifest was only hidden by a plain DELETE; nothing of theirs is touched. Null where these credentials may not ask. */
  hidden: string[] | null;
}
