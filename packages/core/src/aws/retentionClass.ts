import { parseRecoveryPointId } from "../recoveryPointId.js";
import { type BucketKind, bucketOf } from "../retention/calendarBuckets.js";

/**
 * How long a recovery point lives where S3's lifecycle enforces retention: longer from one to the next. Every object of a recovery point bears its
 * class as a tag from the moment in which it is written, and the bucket's rules expire by tag.
 */
export enum RetentionClass {
  /** Lives as long as the last of the days that the policy keeps. */
  Daily = "daily",
  /** The first good recovery point of its ISO week. */
  Weekly = "weekly",
  /** The first good recovery point of its month. */
  Monthly = "monthly",
  /** The first good recovery point of its year. */
  Yearly = "yearly",
}

/** Key of the object tag that holds the class. */
export const RETENTION_CLASS_TAG = "pgkeep-class";

/**
 * Which part of its recovery point an object is. The rules expire the manifest some days before the rest, so that nothing looks whole whose parts are
 * gone; a filter by prefix cannot tell them apart, for the cluster's name stands before `manifests/` and `points/` and S3 has no pattern for it.
 */
export enum RetentionPart {
  /** The manifest, with which the recovery point ceases to exist. */
  Manifest = "manifest",
  /** Everything below `points/`: dumps, roles, files, signs of life. */
  Data = "data",
}

/** Key of the object tag that holds the part. */
export const RETENTION_PART_TAG = "pgkeep-part";

/** The tags of one object of a recovery point. What bears none, as the records of drills and the audit trail, no rule expires. */
export function retentionTags(retentionClass: RetentionClass, part: RetentionPart): Record<string, string> {
  return { [RETENTION_CLASS_TAG]: retentionClass, [RETENTION_PART_TAG]: part };
}

/** From the shortest life to the longest. */
export const RETENTION_CLASSES = [RetentionClass.Daily, RetentionClass.Weekly, RetentionClass.Monthly, RetentionClass.Yearly] as const;

/** The stretch of time of which one recovery point takes a class. Every other one is daily, so that class has none. */
const PERIODS: readonly (readonly [RetentionClass, BucketKind])[] = [
  [RetentionClass.Yearly, "year"],
  [RetentionClass.Monthly, "month"],
  [RetentionClass.Weekly, "week"],
];

/** A recovery point that exists, as the choice of a class sees it. */
export interface ClassedRecoveryPoint {
  id: string;
  /** Committed and not suspicious, or accepted, and not being removed: what is not good holds no class that retention counts on. */
  good: boolean;
  /** Its class; null for one without, as the agent's own retention leaves them, and where the manifest cannot be read. Undefined: not known yet. */
  retentionClass: RetentionClass | null | undefined;
}

/** A class, or the recovery point whose class must be known first: manifests are large, and mostly three of them tell. */
export type ClassChoice = { kind: "chosen"; retentionClass: RetentionClass } | { kind: "unknown"; id: string };

/**
 * Chooses the class of a run: the longest-lived one that the policy keeps and that no good recovery point of the same year, month or week holds yet, be
 * it by a class that lives longer; daily where all are held. Years, months and ISO weeks are those of the run's slot by the clocks of `timeZone`.
 *
 * So whatever fails, or is suspicious, leaves its class to the next run, and of several runs of a day one takes it. Two runs that overlap may both take
 * it, and so may a run after a suspicious one that somebody accepts later: then there is one more than was promised, never one less.
 */
export function chooseRetentionClass(
  slot: Date,
  points: readonly ClassedRecoveryPoint[],
  kept: readonly RetentionClass[],
  timeZone: string,
): ClassChoice {
  const good = points.filter((point) => point.good).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const [retentionClass, period] of PERIODS) {
    if (!kept.includes(retentionClass)) continue;
    const own = bucketOf(period, slot, timeZone);
    // The oldest first, for it holds the class unless something went wrong.
    const holder = good.find(
      (point) =>
        (point.retentionClass === undefined || livesAsLong(point.retentionClass, retentionClass)) &&
        bucketOf(period, parseRecoveryPointId(point.id).slot, timeZone) === own,
    );
    if (!holder) return { kind: "chosen", retentionClass };
    if (holder.retentionClass === undefined) return { kind: "unknown", id: holder.id };
  }
  return { kind: "chosen", retentionClass: RetentionClass.Daily };
}

function livesAsLong(held: RetentionClass | null, wanted: RetentionClass): boolean {
  return held !== null && RETENTION_CLASSES.indexOf(held) >= RETENTION_CLASSES.indexOf(wanted);
}
