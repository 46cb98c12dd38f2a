import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRecoveryPointId } from "../recoveryPointId.js";
import { bucketOf } from "../retention/calendarBuckets.js";
import { type ClassChoice, type ClassedRecoveryPoint, chooseRetentionClass, RETENTION_CLASSES, RetentionClass } from "./retentionClass.js";

const { Daily, Weekly, Monthly, Yearly } = RetentionClass;
const ALL = RETENTION_CLASSES;
const PRODUCTION = [Daily, Weekly];
let runs = 0;
const point = (slot: string, retentionClass: RetentionClass | null | undefined, good = true): ClassedRecoveryPoint => {
  runs += 1;
  return { id: formatRecoveryPointId({ slot: new Date(slot), run: String(runs).padStart(8, "0") }), good, retentionClass };
};
const chosen = (retentionClass: RetentionClass): ClassChoice => ({ kind: "chosen", retentionClass });
const choose = (slot: string, points: ClassedRecoveryPoint[], kept = [...ALL], timeZone = "UTC") =>
  chooseRetentionClass(new Date(slot), points, kept, timeZone);

describe("the class of a run", () => {
  it("is the longest-lived one that the policy keeps, where nothing exists", () => {
    expect(choose("2026-06-17T02:00Z", [])).toEqual(chosen(Yearly));
    expect(choose("2026-06-17T02:00Z", [], [Daily, Weekly, Monthly])).toEqual(chosen(Monthly));
    expect(choose("2026-06-17T02:00Z", [], PRODUCTION)).toEqual(chosen(Weekly));
    expect(choose("2026-06-17T02:00Z", [], [Daily])).toEqual(chosen(Daily));
  });

  it("is that of the longest stretch of time that holds none yet; one that lives longer stands for the shorter ones", () => {
    const year = point("2026-01-01T02:00Z", Yearly);
    expect(choose("2026-01-02T02:00Z", [year])).toEqual(chosen(Daily));
    expect(choose("2026-01-05T02:00Z", [year])).toEqual(chosen(Weekly));
    const month = point("2026-02-01T02:00Z", Monthly);
    expect(choose("2026-02-01T02:00Z", [year])).toEqual(chosen(Monthly));
    // A Sunday: the next day is another week.
    expect(choose("2026-02-02T02:00Z", [year, month])).toEqual(chosen(Weekly));
    expect(choose("2026-02-01T05:00Z", [year, month])).toEqual(chosen(Daily));
    expect(choose("2027-01-01T02:00Z", [year, month])).toEqual(chosen(Yearly));
  });

  it("goes to the next run where the one that had it failed, or is suspicious", () => {
    const before = point("2026-06-14T02:00Z", Weekly);
    // Monday failed: there is nothing of it.
    expect(choose("2026-06-16T02:00Z", [before], PRODUCTION)).toEqual(chosen(Weekly));
    const suspicious = point("2026-06-15T02:00Z", Weekly, false);
    expect(choose("2026-06-16T02:00Z", [before, suspicious], PRODUCTION)).toEqual(chosen(Weekly));
    expect(choose("2026-06-16T02:00Z", [before, { ...suspicious, good: true }], PRODUCTION)).toEqual(chosen(Daily));
  });

  it("is not held by what bears none, as the agent's own retention leaves it", () => {
    expect(choose("2026-06-16T02:00Z", [point("2026-06-15T02:00Z", null)], PRODUCTION)).toEqual(chosen(Weekly));
  });

  it("is not held by one that lives shorter", () => {
    expect(choose("2026-06-16T02:00Z", [point("2026-06-15T02:00Z", Daily)], PRODUCTION)).toEqual(chosen(Weekly));
  });

  it("is taken once by several runs of a day", () => {
    const first = point("2026-06-15T00:00Z", Weekly);
    const hours = Array.from({ length: 23 }, (_, hour) => `2026-06-15T${String(hour + 1).padStart(2, "0")}:00Z`);
    for (const hour of hours) expect(choose(hour, [first], PRODUCTION)).toEqual(chosen(Daily));
  });

  it("asks for the fewest manifests: the oldest of each stretch of time, until one holds the class", () => {
    const first = point("2026-01-01T02:00Z", undefined);
    const second = point("2026-01-02T02:00Z", undefined);
    expect(choose("2026-01-03T02:00Z", [second, first])).toEqual({ kind: "unknown", id: first.id });
    expect(choose("2026-01-03T02:00Z", [second, { ...first, retentionClass: Yearly }])).toEqual(chosen(Daily));
    expect(choose("2026-01-03T02:00Z", [second, { ...first, retentionClass: null }])).toEqual({ kind: "unknown", id: second.id });
    // Of another year it is not asked.
    expect(choose("2027-02-03T02:00Z", [second, first], [Daily, Yearly])).toEqual(chosen(Yearly));
  });
});

describe("years, months and weeks are those of the time zone", () => {
  it("at the turn of the year", () => {
    const eve = point("2026-12-31T22:30Z", Yearly);
    // 23:30 in Berlin is still the old year, half past midnight is the new one.
    expect(choose("2026-12-31T22:45Z", [eve], [Daily, Yearly], "Europe/Berlin")).toEqual(chosen(Daily));
    expect(choose("2026-12-31T23:30Z", [eve], [Daily, Yearly], "Europe/Berlin")).toEqual(chosen(Yearly));
    expect(choose("2026-12-31T23:30Z", [eve], [Daily, Yearly], "UTC")).toEqual(chosen(Daily));
    expect(choose("2027-01-01T04:30Z", [eve], [Daily, Yearly], "America/New_York")).toEqual(chosen(Daily));
  });

  it("in the week of ISO 8601 that belongs to two years", () => {
    // 2026-12-28 is the Monday of week 53, to which Sunday 2027-01-03 belongs.
    const monday = point("2026-12-28T02:00Z", Weekly);
    expect(choose("2027-01-03T02:00Z", [monday], PRODUCTION)).toEqual(chosen(Daily));
    expect(choose("2027-01-04T02:00Z", [monday], PRODUCTION)).toEqual(chosen(Weekly));
  });

  it("when clocks are put forward and back", () => {
    // Sunday ends at 22:00 UTC in summer and at 23:00 UTC in winter.
    const week = point("2026-03-23T01:00Z", Weekly);
    expect(choose("2026-03-29T21:30Z", [week], PRODUCTION, "Europe/Berlin")).toEqual(chosen(Daily));
    expect(choose("2026-03-29T22:30Z", [week], PRODUCTION, "Europe/Berlin")).toEqual(chosen(Weekly));
    const autumn = point("2026-10-19T00:00Z", Weekly);
    expect(choose("2026-10-25T22:30Z", [autumn], PRODUCTION, "Europe/Berlin")).toEqual(chosen(Daily));
    expect(choose("2026-10-25T23:30Z", [autumn], PRODUCTION, "Europe/Berlin")).toEqual(chosen(Weekly));
  });
});

it("each year, month and week in which a run was good holds exactly one of its class or longer, the first good one, whatever failed", () => {
  const outcome = fc.constantFrom("good", "failed", "suspicious", "good", "good");
  fc.assert(
    fc.property(
      fc.array(outcome, { minLength: 1, maxLength: 90 }),
      fc.constantFrom(5, 11, 26),
      fc.subarray([Weekly, Monthly, Yearly]),
      fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"),
      (outcomes, hours, kept, timeZone) => {
        const points: (ClassedRecoveryPoint & { slot: Date })[] = [];
        for (const [index, outcome] of outcomes.entries()) {
          const slot = new Date(Date.UTC(2026, 10, 20, 2) + index * hours * 3_600_000);
          const choice = chooseRetentionClass(slot, points, [Daily, ...kept], timeZone);
          if (choice.kind === "unknown") throw new Error("every class is known here");
          if (outcome !== "failed") points.push({ ...point(slot.toISOString(), choice.retentionClass, outcome === "good"), slot });
        }
        for (const [retentionClass, period] of [
          [Weekly, "week"],
          [Monthly, "month"],
          [Yearly, "year"],
        ] as const) {
          if (!kept.includes(retentionClass)) continue;
          const good = points.filter((each) => each.good);
          for (const bucket of new Set(good.map(({ slot }) => bucketOf(period, slot, timeZone)))) {
            const within = good.filter(({ slot }) => bucketOf(period, slot, timeZone) === bucket);
            const holders = within.filter((each) => ALL.indexOf(each.retentionClass ?? Daily) >= ALL.indexOf(retentionClass));
            // Others may hold a longer one of their own month or year.
            expect(holders.filter((each) => each.retentionClass === retentionClass).length).toBeLessThanOrEqual(1);
            expect(holders[0]?.id).toBe(within[0]?.id);
          }
        }
      },
    ),
  );
});
