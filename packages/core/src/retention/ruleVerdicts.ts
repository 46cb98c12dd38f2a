import { durationText } from "../duration.js";
import { type BucketKind, bucketOf } from "./calendarBuckets.js";
import type { RetentionCandidate } from "./RetentionPlan.js";
import type { CountRule, RetentionRules } from "./retentionRules.js";

/** What the rules say of each recovery point that counts: why it stays, and why each rule that does not keep it lets it go. */
export interface RuleVerdicts {
  keeping: Map<string, string[]>;
  lettingGo: Map<string, string[]>;
}

const BUCKETS: readonly [Exclude<CountRule, "keepLast">, BucketKind][] = [
  ["keepHourly", "hour"],
  ["keepDaily", "day"],
  ["keepWeekly", "week"],
  ["keepMonthly", "month"],
  ["keepYearly", "year"],
];

/** Asks each rule about recovery points that count. `newestFirst` is in that order. */
export function ruleVerdicts(newestFirst: readonly RetentionCandidate[], rules: RetentionRules, timeZone: string): RuleVerdicts {
  const verdicts: RuleVerdicts = { keeping: new Map(), lettingGo: new Map() };
  const say = (id: string, keeps: boolean, reason: string) => {
    const list = keeps ? verdicts.keeping : verdicts.lettingGo;
    list.set(id, [...(list.get(id) ?? []), reason]);
  };

  if (rules.keepLast > 0) {
    for (const [index, { id }] of newestFirst.entries()) {
      const keeps = index < rules.keepLast;
      say(id, keeps, keeps ? `${index + 1} of the last ${rules.keepLast}` : `not among the last ${rules.keepLast}`);
    }
  }
  for (const [rule, kind] of BUCKETS) {
    const most = rules[rule];
    if (most === 0) continue;
    const kept = new Set<string>();
    const seen = new Set<string>();
    for (const { id, slot } of newestFirst) {
      const bucket = bucketOf(kind, slot, timeZone);
      const isNewest = !seen.has(bucket);
      seen.add(bucket);
      if (isNewest && kept.size < most) {
        kept.add(bucket);
        say(id, true, `newest of ${kind} ${bucket}, ${kept.size} of ${most}`);
      } else {
        say(id, false, kept.has(bucket) ? `${kind} ${bucket} has a newer one` : `${kind} ${bucket} is beyond the last ${most}`);
      }
    }
  }
  const newest = newestFirst[0];
  if (rules.keepWithin > 0 && newest) {
    const period = durationText(rules.keepWithin);
    for (const { id, slot } of newestFirst) {
      const keeps = newest.slot.getTime() - slot.getTime() < rules.keepWithin;
      say(id, keeps, `${keeps ? "within" : "older than"} ${period} before the newest good one`);
    }
  }
  return verdicts;
}
