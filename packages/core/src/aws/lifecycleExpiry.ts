import type { RetentionRules } from "../retention/retentionRules.js";
import { RETENTION_CLASSES, RetentionClass, RetentionPart, retentionTags } from "./retentionClass.js";

/** When S3 expires the recovery points of one class. Days count from the creation of each object. */
export interface ClassExpiry {
  retentionClass: RetentionClass;
  /** Of the manifest, so of the recovery point. */
  expireAfterDays: number;
  /** Of everything else that belongs to it. */
  dataExpireAfterDays: number;
}

/** A rule of the bucket's lifecycle configuration: a filter of both tags (`And`), and the days of `Expiration`. */
export interface LifecycleExpiryRule {
  /** For example `pgkeep-weekly-manifest`. */
  id: string;
  tags: Record<string, string>;
  expireAfterDays: number;
}

/** What the days depend on besides the policy. */
export interface LifecycleExpiryOptions {
  /**
   * Days that the longest run may take, whole, at least 1, which is the default. An object that was uploaded in parts counts as created when its upload
   * began (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html), so by so much sooner than its manifest.
   */
  longestRunDays?: number;
}

/** S3 may take so long to carry out what is due (https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-lifecycle.html). */
export const LATENESS_DAYS = 2;
const DAY = 86_400_000;
const HOUR = 3_600_000;

/** What retention by the agent holds and S3 cannot, one sentence each. */
export const LIFECYCLE_LOST_GUARDS = [
  "S3 counts days from the creation of an object, not from the newest good recovery point: where backups stop, it expires the last one too.",
  "S3 knows no pins, no restore, drill or copy that is reading, no newest proven one and no minimum: each recovery point goes with its class.",
  "S3 does not stop: not for a suspicious backup, not for a failed run or drill, not for a drill that is overdue (objectives.provenWithin).",
  "A suspicious recovery point goes with its class, not after keepSuspicious.",
] as const;

/** The classes that a policy keeps, from the shortest life to the longest. Every run that takes no other is daily. */
export function keptClasses(rules: RetentionRules): RetentionClass[] {
  const counts: Record<RetentionClass, number> = {
    [RetentionClass.Daily]: 1,
    [RetentionClass.Weekly]: rules.keepWeekly,
    [RetentionClass.Monthly]: rules.keepMonthly,
    [RetentionClass.Yearly]: rules.keepYearly,
  };
  return RETENTION_CLASSES.filter((retentionClass) => counts[retentionClass] > 0);
}

/**
 * How long each class must live for the policy to hold: for each of the last `keepDaily` days, `keepWeekly` weeks, `keepMonthly` months and
 * `keepYearly` years, this one included, one good recovery point, where a good one was taken in it. Nothing shorter does, for S3 counts from the creation and a
 * recovery point may be of the first minute of its week, and the longest months and years count. S3 expires at the first midnight of UTC after that,
 * which also covers the hour by which clocks are put back.
 *
 * A class lives at least as long as those below it, since its recovery point stands for them too; so does one that the policy keeps no more, of which an
 * earlier policy may have left some. `keepWithin` and `keepHourly` lengthen every class, for each run of
 * a day bears one; where no rule speaks of days, a daily one lives as many as the policy's minimum counts recovery points.
 */
export function lifecycleExpiry(rules: RetentionRules, { longestRunDays = 1 }: LifecycleExpiryOptions = {}): ClassExpiry[] {
  const own: Record<RetentionClass, number> = {
    [RetentionClass.Daily]: Math.max(
      rules.keepDaily,
      Math.ceil(rules.keepWithin / DAY),
      Math.ceil((rules.keepHourly * HOUR) / DAY),
      rules.keepDaily === 0 ? rules.minimum : 0,
    ),
    [RetentionClass.Weekly]: 7 * rules.keepWeekly,
    [RetentionClass.Monthly]: mostDaysOfMonths(rules.keepMonthly),
    [RetentionClass.Yearly]: mostDaysOfMonths(12 * rules.keepYearly, 12),
  };
  let longest = 0;
  return RETENTION_CLASSES.map((retentionClass) => {
    longest = Math.max(longest, own[retentionClass]);
    return { retentionClass, expireAfterDays: longest, dataExpireAfterDays: longest + LATENESS_DAYS + longestRunDays };
  });
}

/** When S3 expires an object: at the first midnight of UTC after so many days (https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html). */
export function lifecycleExpiryTime(createdAt: Date, days: number): Date {
  return new Date(Math.ceil((createdAt.getTime() + days * DAY) / DAY) * DAY);
}

/** The rules of the bucket that enforce a policy: two for each class, so that nothing that bears one stays for ever. */
export function lifecycleExpiryRules(rules: RetentionRules, options: LifecycleExpiryOptions = {}): LifecycleExpiryRule[] {
  return lifecycleExpiry(rules, options).flatMap(({ retentionClass, expireAfterDays, dataExpireAfterDays }) =>
    [RetentionPart.Manifest, RetentionPart.Data].map((part) => ({
      id: `pgkeep-${retentionClass}-${part}`,
      tags: retentionTags(retentionClass, part),
      expireAfterDays: part === RetentionPart.Manifest ? expireAfterDays : dataExpireAfterDays,
    })),
  );
}

/** The most days that so many months in a row have, over the 400 years after which the calendar repeats; with a step of 12 they begin with January. */
function mostDaysOfMonths(months: number, step = 1): number {
  const starts = Array.from({ length: 4800 / step }, (_, index) => index * step);
  return Math.max(...starts.map((start) => (Date.UTC(2000, start + months) - Date.UTC(2000, start)) / DAY));
}
