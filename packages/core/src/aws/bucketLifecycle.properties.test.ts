import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retentionRules } from "../retention/retentionRules.js";
import { bucketLifecycle, type LifecycleIntent, type LifecycleRule } from "./bucketLifecycle.js";
import { BackupStorageClass } from "./storageClass.js";

/*
 * A checker of its own: what S3 says of lifecycle configurations, written from its documentation and not from the code that is tested.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
const UNSUPPORTED = new Set([
  "INTELLIGENT_TIERING>STANDARD_IA",
  "ONEZONE_IA>STANDARD_IA",
  "ONEZONE_IA>INTELLIGENT_TIERING",
  "ONEZONE_IA>GLACIER_IR",
  "GLACIER_IR>STANDARD_IA",
  "GLACIER_IR>INTELLIGENT_TIERING",
  "GLACIER_IR>ONEZONE_IA",
  ...["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR"].map((to) => `GLACIER>${to}`),
  ...["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER"].map((to) => `DEEP_ARCHIVE>${to}`),
]);
const INFREQUENT = ["STANDARD_IA", "ONEZONE_IA"];

function brokenRules(rules: readonly LifecycleRule[], { lockDays = 0, longestRunHours }: LifecycleIntent): string[] {
  const broken: string[] = [];
  const demand = (holds: boolean, rule: string) => void (holds || broken.push(rule));
  demand(rules.length >= 1 && rules.length <= 1000, "1 to 1000 rules");
  demand(new Set(rules.map(({ id }) => id)).size === rules.length, "ids are unique");
  for (const rule of rules) {
    const tags = Object.keys(rule.tags);
    demand(rule.id.length >= 1 && rule.id.length <= 255, "an id has 1 to 255 characters");
    demand(tags.length !== 1 || rule.prefix !== "", "And holds two conditions or more");
    demand(tags.length === 0 || rule.abortAfterDays === undefined, "uploads have no tags");
    demand(tags.length === 0 || rule.expiredObjectDeleteMarker === undefined, "delete markers have no tags");
    demand(rule.expirationDays === undefined || rule.expiredObjectDeleteMarker === undefined, "ExpiredObjectDeleteMarker excludes Days");
    for (const days of [rule.expirationDays, rule.noncurrentDays, rule.abortAfterDays]) {
      demand(days === undefined || (Number.isInteger(days) && days >= 1), "days are positive whole numbers");
    }
    for (const days of [rule.expirationDays, rule.noncurrentDays])
      demand(days === undefined || days >= lockDays, "Object Lock lets go first");
    demand(rule.abortAfterDays === undefined || rule.abortAfterDays * 24 > longestRunHours, "uploads outlive the longest run");
    rule.transitions.forEach(({ storageClass, afterDays }, index) => {
      demand(Number.isInteger(afterDays) && afterDays >= (INFREQUENT.includes(storageClass) ? 30 : 0), "infrequent access after 30 days");
      demand(rule.expirationDays === undefined || rule.expirationDays > afterDays, "expiration is later than transitions");
      demand(/points\/$/.test(rule.prefix) || rule.tags["pgkeep-part"] === "data", "only points/ is tiered");
      for (const earlier of rule.transitions.slice(0, index)) {
        const least = INFREQUENT.includes(earlier.storageClass) ? 30 : 1;
        demand(afterDays - earlier.afterDays >= least, "30 days in infrequent access, else a later day");
        demand(earlier.storageClass !== storageClass, "a class once");
        demand(!UNSUPPORTED.has(`${earlier.storageClass}>${storageClass}`), "the waterfall");
      }
    });
  }
  for (const { id, expirationDays = 0, tags } of rules.filter(({ tags }) => tags["pgkeep-part"] === "manifest")) {
    const data = rules.find((other) => other.tags["pgkeep-class"] === tags["pgkeep-class"] && other.tags["pgkeep-part"] === "data");
    demand((data?.expirationDays ?? 0) * 24 >= expirationDays * 24 + longestRunHours, `${id}: the manifest goes before what it names`);
  }
  return broken;
}

const NAMED_RULES = [
  /lifecycle rules count whole days/,
  /S3 moves nothing to .* that is younger than 30 days/,
  /lifecycle transitions flow one way, and none leads from/,
  /stays there 30 days before it may move on/,
  /each tier begins later than the one before it/,
  /an object expires later than it moves/,
  /Object Lock holds every version for \d+ days/,
  /would be aborted under way/,
  /lifecycle rules, and a bucket takes 1000/,
];

const days = fc.oneof(fc.integer({ min: -1, max: 400 }), fc.constantFrom(0, 1, 29, 30, 31, 59, 60, 61, 89, 90, 179, 180, 0.5));
const storageClass = fc.constantFrom(...Object.values(BackupStorageClass));
const tiers = fc.oneof(
  fc.array(fc.record({ storageClass, afterDays: days }), { maxLength: 4 }),
  // Such that the days mostly do and the order of the classes decides.
  fc.array(fc.record({ storageClass, wait: fc.constantFrom(29, 30, 31, 90) }), { minLength: 2, maxLength: 3 }).map((steps) => {
    let afterDays = 1;
    return steps.map((step) => {
      afterDays += step.wait;
      return { storageClass: step.storageClass, afterDays };
    });
  }),
);
const intents: fc.Arbitrary<LifecycleIntent> = fc.record({
  prefix: fc.constantFrom("", "postgres", "a/b"),
  clusters: fc.oneof(
    { weight: 9, arbitrary: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.integer({ min: 990, max: 1005 }).map((count) => Array.from({ length: count }, (_, index) => `c${index}`)) },
  ),
  tiers,
  retention: fc.option(
    fc
      .record({
        keepDaily: fc.integer({ min: 1, max: 60 }),
        keepWeekly: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
        keepMonthly: fc.option(fc.integer({ min: 1, max: 24 }), { nil: undefined }),
        keepYearly: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      })
      .map(retentionRules),
    { nil: undefined },
  ),
  noncurrentDays: fc.integer({ min: 0, max: 60 }),
  abortAfterDays: fc.integer({ min: 0, max: 10 }),
  longestRunHours: fc.integer({ min: 1, max: 120 }),
  lockDays: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
});
const copies = intents.chain((intent) =>
  fc
    .option(fc.integer({ min: 0, max: 90 }), { nil: undefined })
    .map((keepDays) => (keepDays === undefined || intent.retention !== undefined ? intent : { ...intent, keepDays })),
);

describe("any intent", () => {
  it("becomes a configuration that breaks no rule of S3, or an error that names the rule", { timeout: 60_000 }, () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(copies, (intent) => {
        const { rules, problems } = bucketLifecycle(intent);
        if (problems.length === 0) {
          seen.accepted += 1;
          expect(brokenRules(rules, intent)).toEqual([]);
          return;
        }
        seen.refused += 1;
        expect(rules).toEqual([]);
        for (const { reason } of problems)
          expect(
            NAMED_RULES.some((named) => named.test(reason)),
            reason,
          ).toBe(true);
      }),
      { numRuns: 800 },
    );
    // Of a property that one side never reaches nothing is learned.
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(40);
  });

  it("that is refused for its tiers alone would indeed break a rule", () => {
    fc.assert(
      fc.property(copies, (intent) => {
        const easy = { ...intent, clusters: ["orders"], noncurrentDays: 60, abortAfterDays: 10, lockDays: undefined, retention: undefined };
        const { keepDays: _, ...agent } = easy as LifecycleIntent;
        if (bucketLifecycle(agent).problems.length === 0) return;
        const built: LifecycleRule = { id: "tiers", prefix: "orders/points/", tags: {}, transitions: agent.tiers };
        expect(brokenRules([built], agent)).not.toEqual([]);
      }),
      { numRuns: 800 },
    );
  });
});
