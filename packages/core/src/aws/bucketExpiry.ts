import { type ClassExpiry, LATENESS_DAYS } from "./lifecycleExpiry.js";
import { RetentionPart, retentionTags } from "./retentionClass.js";

/** A rule of a bucket's lifecycle configuration, as far as it expires what is in sight. */
export interface BucketExpiryRule {
  id: string;
  enabled: boolean;
  /** Empty: every key. */
  prefix: string;
  /** All of them must be on an object. */
  tags: Readonly<Record<string, string>>;
  /** The filter also goes by size, so it may leave out some objects. */
  bySize: boolean;
  /** Days of `Expiration`; 0 where it names a date. */
  days: number;
}

/** What is wrong with the rules of a bucket that are to enforce a policy, one sentence each. `prefix` is that of the cluster's keys, with a trailing slash. */
export function bucketExpiryProblems(rules: readonly BucketExpiryRule[], expiry: readonly ClassExpiry[], prefix: string): string[] {
  const daysOf = (key: string, tags: Readonly<Record<string, string>>, whole: boolean) =>
    Math.min(...rules.filter((rule) => applies(rule, `${prefix}${key}`, tags, whole)).map(({ days }) => days));
  const ofClasses = expiry.flatMap(({ retentionClass, expireAfterDays }) => {
    const manifest = retentionTags(retentionClass, RetentionPart.Manifest);
    const data = retentionTags(retentionClass, RetentionPart.Data);
    const actual = daysOf("manifests/id.json", manifest, true);
    // What a rule may expire counts as expired: it must not be sooner than its manifest.
    const soonest = daysOf("points/id/attempt/a.dump.zst", data, false);
    const surely = daysOf("points/id/attempt/a.dump.zst", data, true);
    const least = expireAfterDays + LATENESS_DAYS + 1;
    return [
      actual !== expireAfterDays
        ? `the manifest of a ${retentionClass} recovery point expires ${daysText(actual)}, and the policy means ${expireAfterDays} days`
        : undefined,
      soonest < least
        ? `the dumps of a ${retentionClass} recovery point expire ${daysText(soonest)}, so before ${least} days, and S3 may be ${LATENESS_DAYS} days late with its manifest, which would look whole without them`
        : undefined,
      surely === Number.POSITIVE_INFINITY ? `the dumps of a ${retentionClass} recovery point never expire` : undefined,
    ];
  });
  const records = daysOf("audit/record.json", {}, false);
  const ofRecords =
    records < Number.POSITIVE_INFINITY
      ? `objects without a class expire ${daysText(records)}: results of drills and the audit trail`
      : undefined;
  return [...ofClasses, ofRecords].filter((problem) => problem !== undefined);
}

function applies(
  { enabled, prefix, tags, bySize }: BucketExpiryRule,
  key: string,
  own: Readonly<Record<string, string>>,
  surely: boolean,
): boolean {
  if (!enabled || (surely && bySize) || !key.startsWith(prefix)) return false;
  return Object.entries(tags).every(([name, value]) => own[name] === value);
}

function daysText(days: number): string {
  if (days === Number.POSITIVE_INFINITY) return "never";
  return days === 0 ? "on a date" : `after ${days} days`;
}
