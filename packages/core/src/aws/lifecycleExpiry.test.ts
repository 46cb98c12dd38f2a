import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { bucketOf } from "../retention/calendarBuckets.js";
import { parseRetentionPolicy } from "../retention/parseRetentionPolicy.js";
import { retentionRules } from "../retention/retentionRules.js";
import { keptClasses, lifecycleExpiry, lifecycleExpiryRules, lifecycleExpiryTime } from "./lifecycleExpiry.js";
import { RetentionClass } from "./retentionClass.js";

const rulesOf = (policy: object) => retentionRules(parseRetentionPolicy({ enforcedBy: "lifecycle", ...policy }));
const days = (policy: object) => lifecycleExpiry(rulesOf(policy)).map(({ expireAfterDays }) => expireAfterDays);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("how long each class lives: daily, weekly, monthly, yearly", () => {
  test.each<[object, number[]]>([
    [{ preset: "production" }, [30, 364, 364, 364]],
    [{ preset: "staging" }, [7, 7, 7, 7]],
    [{ keepDaily: 1 }, [1, 1, 1, 1]],
    // No rule speaks of days: as many as the minimum.
    [{ keepWeekly: 4 }, [3, 28, 28, 28]],
    [{ keepYearly: 1 }, [1, 1, 1, 366]],
    // The longest months in a row: 31, 62 (July and August), 92, 365 and a leap day.
    [{ keepDaily: 7, keepMonthly: 1 }, [7, 7, 31, 31]],
    [{ keepDaily: 7, keepMonthly: 2 }, [7, 7, 62, 62]],
    [{ keepDaily: 7, keepMonthly: 3 }, [7, 7, 92, 92]],
    [{ keepDaily: 7, keepMonthly: 12 }, [7, 7, 366, 366]],
    [{ keepDaily: 7, keepYearly: 1 }, [7, 7, 7, 366]],
    [{ keepDaily: 7, keepYearly: 4 }, [7, 7, 7, 1461]],
    [{ keepDaily: 7, keepYearly: 10 }, [7, 7, 7, 3653]],
    // A longer class never lives shorter.
    [{ keepDaily: 60, keepWeekly: 4 }, [60, 60, 60, 60]],
    [{ keepDaily: 7, keepWeekly: 52, keepMonthly: 3 }, [7, 364, 364, 364]],
    [{ keepWithin: "36h" }, [3, 3, 3, 3]],
    [{ keepWithin: "10d", keepDaily: 7 }, [10, 10, 10, 10]],
    [{ keepHourly: 49, keepDaily: 1 }, [3, 3, 3, 3]],
  ])("%o", (policy, expected) => expect(days(policy)).toEqual(expected));

  it("takes classes that the policy keeps only", () => {
    expect(keptClasses(rulesOf({ preset: "production", keepYearly: 3 }))).toEqual(["daily", "weekly", "yearly"]);
  });
});

it("a manifest goes first: by the days that S3 may be late, and by those of the longest run", () => {
  const gaps = (longestRunDays?: number) =>
    lifecycleExpiry(rulesOf({ preset: "production" }), longestRunDays === undefined ? {} : { longestRunDays }).map(
      ({ expireAfterDays, dataExpireAfterDays }) => dataExpireAfterDays - expireAfterDays,
    );
  expect(gaps()).toEqual([3, 3, 3, 3]);
  expect(gaps(4)).toEqual([6, 6, 6, 6]);
});

it("is two rules for each class, by both tags", () => {
  expect(lifecycleExpiryRules(rulesOf({ preset: "production" })).slice(0, 4)).toEqual([
    { id: "pgkeep-daily-manifest", tags: { "pgkeep-class": "daily", "pgkeep-part": "manifest" }, expireAfterDays: 30 },
    { id: "pgkeep-daily-data", tags: { "pgkeep-class": "daily", "pgkeep-part": "data" }, expireAfterDays: 33 },
    { id: "pgkeep-weekly-manifest", tags: { "pgkeep-class": "weekly", "pgkeep-part": "manifest" }, expireAfterDays: 364 },
    { id: "pgkeep-weekly-data", tags: { "pgkeep-class": "weekly", "pgkeep-part": "data" }, expireAfterDays: 367 },
  ]);
});

it("S3 expires at the first midnight of UTC after the days", () => {
  // The example of the documentation: created on the 15th at 10:30, three days, expires on the 19th.
  expect(lifecycleExpiryTime(new Date("2014-01-15T10:30:00Z"), 3)).toEqual(new Date("2014-01-19T00:00:00Z"));
});

const KINDS = [
  { retentionClass: RetentionClass.Daily, period: "day", rule: "keepDaily", step: 6 * HOUR },
  { retentionClass: RetentionClass.Weekly, period: "week", rule: "keepWeekly", step: DAY },
  { retentionClass: RetentionClass.Monthly, period: "month", rule: "keepMonthly", step: 5 * DAY },
  { retentionClass: RetentionClass.Yearly, period: "year", rule: "keepYearly", step: 30 * DAY },
] as const;
/** Among them clocks that are put back to UTC by one hour and by two, by half an hour, and the one that is ahead of all. */
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "Atlantic/Azores",
  "Australia/Lord_Howe",
  "Antarctica/Troll",
  "Pacific/Kiritimati",
];

/** The first hour of the stretch of time that a moment lies in: what is taken then must live longest. */
function beginOf(moment: Date, period: "day" | "week" | "month" | "year", step: number, timeZone: string): Date {
  const own = bucketOf(period, moment, timeZone);
  let begin = Math.floor(moment.getTime() / HOUR) * HOUR;
  for (const size of [step, HOUR]) while (bucketOf(period, new Date(begin - size), timeZone) === own) begin -= size;
  return new Date(begin);
}

it("no class expires before its last day, week, month or year is over by the clocks of any zone", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KINDS),
      fc.integer({ min: 1, max: 14 }),
      fc.date({ min: new Date("2023-01-01T00:00:00Z"), max: new Date("2028-12-31T00:00:00Z"), noInvalidDate: true }),
      fc.constantFrom(...ZONES),
      ({ retentionClass, period, rule, step }, count, moment, timeZone) => {
        const slot = beginOf(moment, period, step, timeZone);
        const expiry = lifecycleExpiry(rulesOf({ [rule]: count })).find((each) => each.retentionClass === retentionClass);
        // Written a moment after the slot at the earliest.
        const gone = lifecycleExpiryTime(new Date(slot.getTime() + 1), expiry?.expireAfterDays ?? 0);
        // Its own stretch of time and `count - 1` more are over by then, so it lies in one more.
        const seen = new Set([bucketOf(period, gone, timeZone)]);
        for (let moment = slot.getTime(); moment < gone.getTime(); moment += step) seen.add(bucketOf(period, new Date(moment), timeZone));
        expect(seen.size).toBeGreaterThan(count);
      },
    ),
    { numRuns: 200 },
  );
});

it("a day less would not do: the first recovery point of a week in Berlin would go on the Sunday of its last week", () => {
  const monday = new Date("2026-06-14T22:00:01Z");
  expect(bucketOf("week", monday, "Europe/Berlin")).toBe("2026-W25");
  const dayLess = lifecycleExpiryTime(monday, 363);
  expect([dayLess.toISOString(), bucketOf("week", dayLess, "Europe/Berlin")]).toEqual(["2027-06-13T00:00:00.000Z", "2027-W23"]);
});
