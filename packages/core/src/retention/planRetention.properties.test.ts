import fc from "fast-check";
import { expect, it } from "vitest";
import { bucketOf } from "./calendarBuckets.js";
import { candidate } from "./candidate.fixture.js";
import { planRetention, type RetentionCircumstances } from "./planRetention.js";
import type { RetentionCandidate } from "./RetentionPlan.js";
import { type RetentionPolicy, retentionSchema } from "./retentionConfig.js";
import { COUNT_RULES, retentionRules } from "./retentionRules.js";

const now = new Date("2026-11-21T12:00:00Z");
const HOUR = 3_600_000;
const moment = (hoursAgo: number) => new Date(now.getTime() - hoursAgo * HOUR);
const hoursAgo = fc.oneof(fc.integer({ min: -3, max: 100 }), fc.integer({ min: 0, max: 20_000 }));
const rarely = <Value>(value: fc.Arbitrary<Value>, otherwise: Value) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: value });

const point = fc
  .record({
    hours: hoursAgo,
    good: rarely(fc.constant(false), true),
    provenAt: rarely(fc.nat(2000).map(moment), null as unknown as Date),
    pinned: rarely(
      fc.option(
        fc.nat(100).map((hours) => ({ until: moment(-1 - hours) })),
        { nil: { until: null } },
      ),
      undefined,
    ),
    inUse: rarely(fc.constant(true), false),
    removing: rarely(fc.constant(true), false),
    unreadable: rarely(fc.constant<string | null>("a newer pgkeep wrote it"), null),
  })
  .map(({ hours, ...given }) => candidate(moment(hours), given));
const history = fc
  .uniqueArray(point, { maxLength: 120, selector: ({ id }) => id })
  // A run's own short name tells apart those of one moment.
  .map((points) =>
    points.flatMap((each, index) => (index % 7 === 3 ? [each, { ...each, id: each.id.replace(/a{8}$/, "bbbbbbbb") }] : [each])),
  );

const period = fc.integer({ min: 1, max: 2000 }).map((hours) => `${hours}h`);
const counts = Object.fromEntries(COUNT_RULES.map((rule) => [rule, fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined })]));
const policy: fc.Arbitrary<RetentionPolicy> = fc
  .record({
    ...counts,
    keepWithin: fc.option(period, { nil: undefined }),
    minimum: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    keepSuspicious: fc.option(period, { nil: undefined }),
  })
  .map((written) => retentionSchema.safeParse(written))
  .filter(({ success }) => success)
  .map(({ data }) => data as RetentionPolicy);

const circumstances: fc.Arbitrary<RetentionCircumstances> = fc.record({
  now: fc.constant(now),
  timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"),
  provenWithin: fc.option(fc.integer({ min: HOUR, max: 2000 * HOUR }), { nil: undefined }),
  concerns: rarely(fc.constant<string[]>(["the last run failed"]), []),
});
const anything = fc.tuple(history, policy, circumstances);

const isCounted = ({ good, unreadable, removing, slot }: RetentionCandidate) =>
  good && unreadable === null && !removing && slot.getTime() <= now.getTime() + 5 * 60_000;
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

it("for any history and any policy the guards hold", () => {
  fc.assert(
    fc.property(anything, ([points, rules, given]) => {
      const { keep, remove, withheld, stopped, counted } = planRetention(points, rules, given);
      const { minimum } = retentionRules(rules);
      const gone = new Set(ids(remove));
      const left = points.filter(({ id }) => !gone.has(id));

      // Every recovery point is in exactly one list, and explained.
      expect([...ids(keep), ...gone].toSorted()).toEqual(ids(points).toSorted());
      for (const { reasons } of keep) expect(reasons.length).toBeGreaterThan(0);
      for (const { reason } of [...remove, ...withheld]) expect(reason).not.toBe("");

      const good = points.filter(isCounted);
      expect(counted).toBe(good.length);
      expect(left.filter(isCounted).length).toBeGreaterThanOrEqual(Math.min(minimum, good.length));
      const newest = (list: RetentionCandidate[]) => ids(list).toSorted().at(-1);
      expect(newest(left.filter(isCounted))).toBe(newest(good));
      expect(newest(left.filter((each) => isCounted(each) && each.provenAt))).toBe(newest(good.filter(({ provenAt }) => provenAt)));
      for (const each of points) {
        if (each.pinned || each.inUse || each.unreadable !== null) expect(gone).not.toContain(each.id);
      }

      if (gone.size > 0) {
        expect(stopped).toBeNull();
        expect(left.length).toBeGreaterThan(0);
        expect(given.concerns).toEqual([]);
        const present = points.filter(({ removing, slot }) => !removing && slot.getTime() <= now.getTime() + 5 * 60_000);
        const last = present.toSorted((a, b) => (a.id < b.id ? 1 : -1))[0];
        expect(last).toMatchObject({ good: true, unreadable: null });
        const { provenWithin } = given;
        if (provenWithin !== undefined) {
          expect(good.some(({ provenAt }) => provenAt && now.getTime() - provenAt.getTime() <= provenWithin)).toBe(true);
        }
      }
      if (stopped !== null) expect(ids(keep).filter((id) => ids(withheld).includes(id))).toEqual(ids(withheld));
    }),
    { numRuns: 300 },
  );
});

it("for any history and any policy each rule keeps what it says", () => {
  const rules = [
    ["keepHourly", "hour"],
    ["keepDaily", "day"],
    ["keepWeekly", "week"],
    ["keepMonthly", "month"],
    ["keepYearly", "year"],
  ] as const;
  fc.assert(
    fc.property(anything, ([points, rules_, given]) => {
      const kept = new Set(ids(planRetention(points, rules_, given).keep));
      const newestFirst = points.filter(isCounted).toSorted((a, b) => (a.id < b.id ? 1 : -1));
      for (const id of ids(newestFirst.slice(0, rules_.keepLast ?? 0))) expect(kept).toContain(id);
      for (const [rule, kind] of rules) {
        // Said in another way than the code does: the first of each group, and of these the first few.
        const groups = Object.groupBy(newestFirst, ({ slot }) => ` ${bucketOf(kind, slot, given.timeZone)}`);
        const heads = Object.values(groups).map((group) => group?.[0]?.id ?? "");
        for (const id of heads
          .toSorted()
          .toReversed()
          .slice(0, rules_[rule] ?? 0))
          expect(kept).toContain(id);
      }
    }),
    { numRuns: 200 },
  );
});

it("does not depend on the order of listing", () => {
  fc.assert(
    fc.property(
      anything.chain(([points, rules, given]) =>
        fc.tuple(fc.constant(points), fc.shuffledSubarray(points, { minLength: points.length }), fc.constant(rules), fc.constant(given)),
      ),
      ([points, shuffled, rules, given]) => {
        expect(planRetention(shuffled, rules, given)).toEqual(planRetention(points, rules, given));
      },
    ),
    { numRuns: 200 },
  );
});

it("removes nothing when it is planned again after it was applied", () => {
  fc.assert(
    fc.property(anything, ([points, rules, given]) => {
      const first = planRetention(points, rules, given);
      const left = points.filter(({ id }) => !ids(first.remove).includes(id));
      const second = planRetention(left, rules, given);
      expect(second.remove).toEqual([]);
      if (first.stopped === null) expect(second.withheld).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** Tighter: with presets and defaults in place no number and no period is larger; a rule that is not set is zero. */
it("a tighter policy never keeps more", () => {
  const pair = fc.tuple(policy, policy).filter(([tighter, wider]) => {
    const [small, large] = [retentionRules(tighter), retentionRules(wider)];
    return (Object.keys(small) as (keyof typeof small)[]).every((rule) => small[rule] <= large[rule]);
  });
  // Two policies at random are seldom comparable, so most pairs are made so.
  const made = fc.tuple(policy, fc.record(Object.fromEntries(COUNT_RULES.map((rule) => [rule, fc.nat(40)])))).chain(([wider, less]) => {
    const large = retentionRules(wider);
    const written = Object.fromEntries(
      COUNT_RULES.flatMap((rule) => {
        const count = Math.min(large[rule], less[rule] ?? 0);
        return count > 0 ? [[rule, count]] : [];
      }),
    );
    const tighter = retentionSchema.safeParse({ ...written, minimum: 1, keepSuspicious: "1h" });
    return tighter.success ? fc.constant([tighter.data, wider] as [RetentionPolicy, RetentionPolicy]) : pair;
  });
  fc.assert(
    fc.property(history, made, circumstances, (points, [tighter, wider], given) => {
      const few = ids(planRetention(points, tighter, given).keep);
      const many = new Set(ids(planRetention(points, wider, given).keep));
      expect(few.filter((id) => !many.has(id))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
