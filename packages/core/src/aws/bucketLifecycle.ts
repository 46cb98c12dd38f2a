import type { Problem } from "../problem.js";
import type { RetentionRules } from "../retention/retentionRules.js";
import { storeLayout } from "../storeLayout.js";
import {
  type ClassExpiry,
  keptClasses,
  LATENESS_DAYS,
  type LifecycleExpiryOptions,
  lifecycleExpiry,
  lifecycleExpiryRules,
} from "./lifecycleExpiry.js";
import { type LifecycleTier, MOST_LIFECYCLE_DAYS, tierProblems, tierWarnings } from "./lifecycleTiers.js";
import { lockedLongerProblems } from "./objectLock.js";
import { RETENTION_CLASS_TAG, RETENTION_PART_TAG, RetentionClass, RetentionPart } from "./retentionClass.js";

/** What a bucket's lifecycle is to do, in terms of a store. */
export interface LifecycleIntent {
  /** What stands before the cluster in the store, without slashes at its ends; empty for none. */
  prefix: string;
  clusters: readonly string[];
  /** In the order in which objects pass through them. */
  tiers: readonly LifecycleTier[];
  /** The policy that S3 alone enforces; undefined where the agent prunes. */
  retention: RetentionRules | undefined;
  /** Expires all recovery points after this many days, whatever their class: for a bucket of copies. */
  keepDays?: number;
  /** Days that a version stays once it is noncurrent, so hidden. */
  noncurrentDays: number;
  /** Days after which a multipart upload is aborted that was not completed. */
  abortAfterDays: number;
  longestRunHours: number;
  /** Days of Object Lock's default retention; undefined without. */
  lockDays: number | undefined;
}

/** One rule of a bucket's lifecycle configuration. Always with a filter: the rule's own `prefix` is deprecated. */
export interface LifecycleRule {
  id: string;
  /** Empty: every object. */
  prefix: string;
  tags: Record<string, string>;
  transitions: readonly LifecycleTier[];
  expirationDays?: number;
  /** Removes delete markers behind which nothing is left. */
  expiredObjectDeleteMarker?: true;
  noncurrentDays?: number;
  abortAfterDays?: number;
}

export interface BucketLifecycle {
  rules: LifecycleRule[];
  /** What S3 would refuse, or what would outlive the policy in silence. With any of them `rules` is empty. */
  problems: Problem[];
  /** What costs more than it seems. */
  warnings: string[];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html */
export const MOST_LIFECYCLE_RULES = 1000;
/** Signs of a restore or drill live for half an hour and are renewed; where no agent prunes, nobody else removes them. */
const IN_USE_DAYS = 7;

/** Turns an intent into rules that S3 accepts and that mean what was intended, or says which rule it breaks. */
export function bucketLifecycle(intent: LifecycleIntent): BucketLifecycle {
  const problems = [...tierProblems(intent.tiers), ...uselessTierProblems(intent), ...dayProblems(intent), ...lockProblems(intent)];
  if (problems.length > 0) return { rules: [], problems, warnings: [] };
  // What is always there first, so that a preview shows an addition as one.
  const rules = [housekeeping(intent), ...recoveryPointRules(intent)];
  if (rules.length > MOST_LIFECYCLE_RULES) return { rules: [], problems: [tooManyRules(rules.length)], warnings: [] };
  return { rules, problems: [], warnings: [...new Set(lifecycleWarnings(intent))] };
}

/** When what a policy keeps expires; nothing where the agent prunes. */
export function keptExpiry(intent: Pick<LifecycleIntent, "retention" | "longestRunHours">): ClassExpiry[] {
  const kept = intent.retention === undefined ? [] : keptClasses(intent.retention);
  return expiryOf(intent).filter(({ retentionClass }) => kept.includes(retentionClass));
}

/** Of every class: one that the policy does not keep may be on objects of an earlier one. */
function expiryOf({ retention, longestRunHours }: Pick<LifecycleIntent, "retention" | "longestRunHours">): ClassExpiry[] {
  return retention === undefined ? [] : lifecycleExpiry(retention, expiryOptions({ longestRunHours }));
}

function expiryOptions({ longestRunHours }: Pick<LifecycleIntent, "longestRunHours">): LifecycleExpiryOptions {
  return { longestRunDays: Math.ceil(longestRunHours / 24) };
}

function recoveryPointRules(intent: LifecycleIntent): LifecycleRule[] {
  if (intent.retention !== undefined) {
    const inUse = Math.max(IN_USE_DAYS, intent.lockDays ?? 0);
    return [
      ...classRules(intent, intent.retention, expiryOptions(intent)),
      ...eachCluster(intent, ({ inUse: prefix }, cluster) => [rule(`pgkeep-in-use-${cluster}`, prefix, { expirationDays: inUse })]),
    ];
  }
  const { keepDays, tiers } = intent;
  if (keepDays === undefined) {
    if (tiers.length === 0) return [];
    return eachCluster(intent, ({ points }, cluster) => [rule(`pgkeep-tiers-${cluster}`, points, { transitions: tiers })]);
  }
  const later = keepDays + LATENESS_DAYS + Math.ceil(intent.longestRunHours / 24);
  return eachCluster(intent, ({ manifests, points }, cluster) => [
    rule(`pgkeep-manifests-${cluster}`, manifests, { expirationDays: keepDays }),
    rule(`pgkeep-points-${cluster}`, points, { expirationDays: later, transitions: tiersBefore(tiers, keepDays) }),
  ]);
}

/**
 * The manifest goes first: what is listed is whole. Its days are fewer by what the longest run and S3's lateness may add. Of its objects only data moves
 * through the tiers, and only where its class outlives the day: to move on the day of its end would be paid for nothing.
 */
function classRules({ prefix, tiers }: LifecycleIntent, retention: RetentionRules, options: LifecycleExpiryOptions): LifecycleRule[] {
  const lives = new Map(lifecycleExpiry(retention, options).map((one): [string, number] => [one.retentionClass, one.expireAfterDays]));
  return lifecycleExpiryRules(retention, options).map(({ id, tags, expireAfterDays }) => {
    const life = tags[RETENTION_PART_TAG] === RetentionPart.Data ? (lives.get(tags[RETENTION_CLASS_TAG] ?? "") ?? 0) : 0;
    return {
      ...rule(id, prefix === "" ? "" : `${prefix}/`, { expirationDays: expireAfterDays }),
      tags,
      transitions: tiersBefore(tiers, life),
    };
  });
}

/** Days of a delete marker, of an upload and of a noncurrent version need no filter by tag, and S3 takes the first two with none. */
function housekeeping({ prefix, noncurrentDays, abortAfterDays }: LifecycleIntent): LifecycleRule {
  const below = prefix === "" ? "" : `${prefix}/`;
  return rule("pgkeep-housekeeping", below, { expiredObjectDeleteMarker: true, noncurrentDays, abortAfterDays });
}

function rule(id: string, prefix: string, actions: Partial<LifecycleRule>): LifecycleRule {
  return { id, prefix, tags: {}, transitions: [], ...actions };
}

function eachCluster(
  { prefix, clusters }: LifecycleIntent,
  rulesOf: (layout: { points: string; manifests: string; inUse: string }, cluster: string) => LifecycleRule[],
): LifecycleRule[] {
  const below = prefix === "" ? "" : `${prefix}/`;
  return clusters.flatMap((cluster) => {
    const { points, manifests, inUse } = storeLayout(cluster);
    return rulesOf({ points: `${below}${points}`, manifests: `${below}${manifests}`, inUse: `${below}${inUse}` }, cluster);
  });
}

function tiersBefore(tiers: readonly LifecycleTier[], days: number): LifecycleTier[] {
  return tiers.filter(({ afterDays }) => afterDays < days);
}

function uselessTierProblems(intent: LifecycleIntent): Problem[] {
  const longest = keptExpiry(intent).at(-1);
  if (longest === undefined) return [];
  return intent.tiers.flatMap(({ afterDays }, index): Problem[] =>
    afterDays < longest.expireAfterDays
      ? []
      : [
          {
            where: `tiers[${index}].afterDays`,
            received: String(afterDays),
            reason: `an object expires later than it moves, and the longest-lived class, ${longest.retentionClass}, expires after ${longest.expireAfterDays} days`,
            allowed: `less than ${longest.expireAfterDays}`,
            next: "remove this tier, or keep recovery points longer",
          },
        ],
  );
}

function dayProblems({ noncurrentDays, abortAfterDays, longestRunHours, keepDays }: LifecycleIntent): Problem[] {
  const whole = (where: string, days: number): Problem[] =>
    Number.isInteger(days) && days >= 1 && days <= MOST_LIFECYCLE_DAYS
      ? []
      : [{ where, received: String(days), reason: "lifecycle rules count whole days", allowed: "1 or more" }];
  const abort = whole("abortUploadsAfterDays", abortAfterDays);
  const least = Math.floor(longestRunHours / 24) + 1;
  return [
    ...whole("noncurrentDays", noncurrentDays),
    ...(keepDays === undefined ? [] : whole("replication.keepDays", keepDays)),
    ...abort,
    ...(abort.length > 0 || abortAfterDays >= least
      ? []
      : [
          {
            where: "abortUploadsAfterDays",
            received: String(abortAfterDays),
            reason: `the upload of a run that takes ${longestRunHours} hours, the longest declared, would be aborted under way`,
            allowed: `${least} or more`,
            next: "raise it, or lower longestRunHours",
          },
        ]),
  ];
}

const KEEP: Record<RetentionClass, string> = {
  [RetentionClass.Daily]: "retention.keepDaily",
  [RetentionClass.Weekly]: "retention.keepWeekly",
  [RetentionClass.Monthly]: "retention.keepMonthly",
  [RetentionClass.Yearly]: "retention.keepYearly",
};

function lockProblems(intent: LifecycleIntent): Problem[] {
  const { lockDays, noncurrentDays, keepDays } = intent;
  if (lockDays === undefined) return [];
  return lockedLongerProblems(lockDays, [
    { where: "noncurrentDays", days: noncurrentDays, what: "hidden versions are removed" },
    ...(keepDays === undefined ? [] : [{ where: "replication.keepDays", days: keepDays, what: "copies expire" }]),
    ...keptExpiry(intent).map(({ retentionClass, expireAfterDays }) => ({
      where: KEEP[retentionClass],
      days: expireAfterDays,
      what: `${retentionClass} recovery points expire`,
    })),
  ]);
}

function lifecycleWarnings(intent: LifecycleIntent): string[] {
  const { tiers, keepDays, noncurrentDays, longestRunHours } = intent;
  const classes = keptExpiry(intent);
  if (classes.length > 0) {
    return classes.flatMap(({ retentionClass, expireAfterDays, dataExpireAfterDays }) =>
      tierWarnings(tiersBefore(tiers, expireAfterDays), dataExpireAfterDays + noncurrentDays).map((text) => `${retentionClass}: ${text}`),
    );
  }
  if (keepDays === undefined) return tierWarnings(tiers, undefined);
  const gone = keepDays + LATENESS_DAYS + Math.ceil(longestRunHours / 24) + noncurrentDays;
  return tierWarnings(tiersBefore(tiers, keepDays), gone).map((text) => `copies: ${text}`);
}

function tooManyRules(count: number): Problem {
  return {
    where: "clusters",
    reason: `these would be ${count} lifecycle rules, and a bucket takes ${MOST_LIFECYCLE_RULES}`,
    allowed: `at most ${MOST_LIFECYCLE_RULES} rules: one for each cluster, and a few more`,
    next: "give some of the clusters a bucket of their own",
  };
}
