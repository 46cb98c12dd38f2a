import { counted } from "../counted.js";
import type { Problem } from "../problem.js";
import { type BackupStorageClass, STORAGE_CLASSES } from "./storageClass.js";

/** One step of "30 days, then archive": objects of this age move to that class. */
export interface LifecycleTier {
  storageClass: BackupStorageClass;
  /** Whole days since the object's creation. */
  afterDays: number;
}

/** The largest number of days that S3's API holds. */
export const MOST_LIFECYCLE_DAYS = 2_147_483_647;

const WATERFALL =
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html lists what may move where";

/** What of an ordered list of tiers S3 would refuse, each naming the rule that it breaks. */
export function tierProblems(tiers: readonly LifecycleTier[], where = "tiers"): Problem[] {
  return tiers.flatMap((tier, index) => [
    ...ageProblems(tier, `${where}[${index}].afterDays`),
    ...orderProblems(tiers[index - 1], tier, `${where}[${index}]`),
  ]);
}

function ageProblems({ storageClass, afterDays }: LifecycleTier, where: string): Problem[] {
  const { name, leastAgeDays } = STORAGE_CLASSES[storageClass];
  const allowed = `a whole number of days, ${leastAgeDays} or more`;
  if (!Number.isInteger(afterDays) || afterDays < 0 || afterDays > MOST_LIFECYCLE_DAYS) {
    return [{ where, received: String(afterDays), reason: "lifecycle rules count whole days", allowed }];
  }
  if (afterDays >= leastAgeDays) return [];
  return [
    {
      where,
      received: String(afterDays),
      reason: `S3 moves nothing to ${name} that is younger than ${leastAgeDays} days`,
      allowed,
      next: `write ${leastAgeDays}, or a class without that rule, such as GLACIER_IR`,
    },
  ];
}

function orderProblems(before: LifecycleTier | undefined, tier: LifecycleTier, where: string): Problem[] {
  if (before === undefined) return [];
  const [from, to] = [STORAGE_CLASSES[before.storageClass], STORAGE_CLASSES[tier.storageClass]];
  if (!from.next.includes(tier.storageClass)) {
    const reachable = from.next.length === 0 ? "nothing: it is the last one" : from.next.join(", ");
    return [
      {
        where: `${where}.storageClass`,
        received: tier.storageClass,
        reason: `lifecycle transitions flow one way, and none leads from ${from.name} to ${to.name}`,
        allowed: `after ${before.storageClass}: ${reachable}`,
        next: `reorder the tiers; ${WATERFALL}`,
      },
    ];
  }
  // 30 days for what comes out of an infrequent-access class: S3 refuses the rule otherwise. Elsewhere any later day will do.
  const least = before.afterDays + (from.leastAgeDays === 0 ? 1 : from.billedDays);
  if (!(tier.afterDays < least)) return [];
  return [
    {
      where: `${where}.afterDays`,
      received: String(tier.afterDays),
      reason:
        from.leastAgeDays === 0
          ? `each tier begins later than the one before it, which begins after ${counted(before.afterDays, "day")}`
          : `what moved to ${from.name} stays there ${from.billedDays} days before it may move on`,
      allowed: `${least} or more`,
    },
  ];
}

/** What a class costs beyond its price: days that are billed though nothing lies there any more. `goneAfterDays` undefined: not known. */
export function tierWarnings(tiers: readonly LifecycleTier[], goneAfterDays: number | undefined): string[] {
  return tiers.flatMap(({ storageClass, afterDays }, index) => {
    const { name, billedDays } = STORAGE_CLASSES[storageClass];
    const until = tiers[index + 1]?.afterDays ?? goneAfterDays;
    if (billedDays === 0 || (until !== undefined && until - afterDays >= billedDays)) return [];
    if (until === undefined)
      return [`${name} bills at least ${billedDays} days: what goes before day ${afterDays + billedDays} costs as much`];
    return [
      `${name} bills at least ${billedDays} days and holds it for ${until - afterDays}: ${billedDays - until + afterDays} are paid for nothing`,
    ];
  });
}
