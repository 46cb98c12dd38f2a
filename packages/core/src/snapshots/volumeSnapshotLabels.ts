/** Labels and annotations by which the agent knows its volume snapshots again. */
export const VOLUME_SNAPSHOT_LABELS = {
  /** Label: the schedule's name. Only what bears it is ever pruned. */
  schedule: "pgkeep/schedule",
  /** Label: id of the set, one for all its members. */
  set: "pgkeep/set",
  /** Label: `good` or `failed`. Absent while nobody decided. */
  verdict: "pgkeep/verdict",
  /** Annotation: `one instant`, `stopped` or `one volume`. */
  consistency: "pgkeep/consistency",
  /** Annotation: when the storage cut the first member, ISO 8601. */
  takenAt: "pgkeep/taken-at",
  /** Annotation: the claims of the set, separated by commas. */
  claims: "pgkeep/claims",
  /** Annotation: why the set is not good. */
  reason: "pgkeep/reason",
} as const;

/** Annotation of a workload that is stopped: what it was, who stopped it and until when. JSON. */
export const QUIESCED_ANNOTATION = "pgkeep/quiesced";

/** What a set is worth for PostgreSQL. */
export enum SnapshotConsistency {
  /** All that writes was stopped: as after an ordinary shutdown. */
  Stopped = "stopped",
  /** All volumes at one instant, while they were written to: PostgreSQL recovers as after a crash. */
  OneInstant = "one instant",
  /** One volume, while it was written to: the same, if everything of the server lies on it. */
  OneVolume = "one volume",
}
