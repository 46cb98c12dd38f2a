/** Ready-made policies. */
export enum RetentionPreset {
  /** Backups on demand: the last 3. */
  Development = "development",
  /** Daily backups for 7 days. */
  Staging = "staging",
  /** Daily backups for 30 days and weekly ones for 12 months. */
  Production = "production",
}

/** Who removes what a policy lets go. */
export enum RetentionEnforcer {
  /** `pgkeep retention apply`, with its guards. */
  Agent = "agent",
  /** The lifecycle of the S3 bucket, by tags that the agent writes. */
  Lifecycle = "lifecycle",
}

/** Rules that keep a number of recovery points: the last ones, or the newest of each of the last hours, days, … that hold any. */
export const COUNT_RULES = ["keepLast", "keepHourly", "keepDaily", "keepWeekly", "keepMonthly", "keepYearly"] as const;
export type CountRule = (typeof COUNT_RULES)[number];

/** A policy with its preset and defaults in place. A rule that is not set keeps nothing: 0. */
export interface RetentionRules extends Record<CountRule, number> {
  /** Milliseconds before the newest good recovery point; everything younger stays. */
  keepWithin: number;
  /** How many good recovery points stay whatever the rules say. At least 1. */
  minimum: number;
  /** Milliseconds before the newest good recovery point; suspicious ones that are younger stay. */
  keepSuspicious: number;
}

/** What a policy may say, as far as its rules go. */
export interface WrittenPolicy extends Partial<Record<CountRule | "keepWithin" | "minimum" | "keepSuspicious", number | undefined>> {
  preset?: RetentionPreset | undefined;
}

const PRESETS: Record<RetentionPreset, Partial<Record<CountRule, number>>> = {
  [RetentionPreset.Development]: { keepLast: 3 },
  [RetentionPreset.Staging]: { keepDaily: 7 },
  [RetentionPreset.Production]: { keepDaily: 30, keepWeekly: 52 },
};

const DEFAULT_MINIMUM = 3;
const DEFAULT_KEEP_SUSPICIOUS = 90 * 86_400_000;

/** The rules that a policy means: what it says itself, then what its preset says, then defaults. */
export function retentionRules(policy: WrittenPolicy): RetentionRules {
  const preset = policy.preset === undefined ? {} : PRESETS[policy.preset];
  const counts = Object.fromEntries(COUNT_RULES.map((rule) => [rule, policy[rule] ?? preset[rule] ?? 0])) as Record<CountRule, number>;
  const keepWithin = policy.keepWithin ?? 0;
  const most = mostKept(counts, keepWithin);
  return {
    ...counts,
    keepWithin,
    minimum: policy.minimum ?? Math.min(DEFAULT_MINIMUM, most),
    keepSuspicious: policy.keepSuspicious ?? Math.max(DEFAULT_KEEP_SUSPICIOUS, keepWithin),
  };
}

/** How many recovery points the rules can keep at most. */
export function mostKept(counts: Readonly<Record<CountRule, number>>, keepWithin: number): number {
  return keepWithin > 0 ? Number.POSITIVE_INFINITY : COUNT_RULES.reduce((sum, rule) => sum + counts[rule], 0);
}
