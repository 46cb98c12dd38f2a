import type { RetentionPlan } from "@pgkeep/core";

/** A recovery point or a leftover that is gone, or as good as gone. */
export interface RemovedObjects {
  id: string;
  objects: number;
  bytes: number;
}

/** What the store holds on to. A normal state: its own lock says until when. */
export interface HeldByStore {
  id: string;
  /** Null where the store does not say. */
  until: Date | null;
  reason: string;
  /** False when the manifest is gone and only objects are left, which are no recovery point any more. */
  whole: boolean;
}

/** A removal that was given up because the recovery point was pinned, accepted or taken into use meanwhile. */
export interface GivenUpRemoval {
  id: string;
  reason: string;
}

/** What one `pgkeep retention apply` did. */
export interface RetentionResult {
  plan: RetentionPlan;
  removed: RemovedObjects[];
  /** Recovery points whose removal an earlier run had begun, and which are gone now. */
  finished: RemovedObjects[];
  heldByStore: HeldByStore[];
  givenUp: GivenUpRemoval[];
  /** What runs left that did not commit. */
  leftovers: RemovedObjects[];
  /** Recovery points that are only hidden behind delete markers; they were left alone. Null where these credentials may not ask. */
  hidden: string[] | null;
  /** Writes that were never finished, such as multipart uploads. */
  unfinishedWrites: number;
}
