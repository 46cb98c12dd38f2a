import { describe, expect, it, test } from "vitest";
import type { z } from "zod";
import { candidate } from "./candidate.fixture.js";
import { planRetention, type RetentionCircumstances } from "./planRetention.js";
import type { RetentionCandidate } from "./RetentionPlan.js";
import { retentionSchema } from "./retentionConfig.js";

const now = new Date("2026-11-21T12:00:00Z");
const plan = (
  points: readonly RetentionCandidate[],
  policy: z.input<typeof retentionSchema>,
  circumstances: Partial<RetentionCircumstances> = {},
) => planRetention(points, retentionSchema.parse(policy), { now, timeZone: "UTC", ...circumstances });
const slots = (ids: readonly { id: string }[]) => ids.map(({ id }) => id.slice(0, 13));
/** One point at 02:00 of each of so many days, ending at 2026-11-21. */
const days = (count: number, given: (daysAgo: number) => Partial<RetentionCandidate> = () => ({})) =>
  Array.from({ length: count }, (_, daysAgo) => candidate(new Date(Date.UTC(2026, 10, 21 - daysAgo, 2)), given(daysAgo)));

it("explains everything that stays and everything that goes", () => {
  const points = [
    candidate("2026-11-21T02:00:00Z"),
    candidate("2026-11-20T14:00:00Z"),
    candidate("2026-11-20T02:00:00Z", { pinned: { until: new Date("2026-12-01T00:00:00Z") } }),
    candidate("2026-11-19T02:00:00Z", { provenAt: new Date("2026-11-19T05:00:00Z") }),
    candidate("2026-11-15T02:00:00Z", { inUse: true }),
    candidate("2026-11-14T14:00:00Z", { pinned: { until: null } }),
    candidate("2026-11-14T02:00:00Z", { provenAt: new Date("2026-11-14T05:00:00Z") }),
  ];
  const { keep, remove, stopped, counted } = plan(points, { keepLast: 1, keepDaily: 2, keepWeekly: 1, keepWithin: "5h", minimum: 2 });
  expect({ stopped, counted }).toEqual({ stopped: null, counted: 7 });
  expect(keep).toEqual([
    { id: "20261114T140000Z-aaaaaaaa", reasons: ["pinned"] },
    { id: "20261115T020000Z-aaaaaaaa", reasons: ["in use"] },
    { id: "20261119T020000Z-aaaaaaaa", reasons: ["newest proven one"] },
    { id: "20261120T020000Z-aaaaaaaa", reasons: ["pinned until 2026-12-01T00:00:00.000Z"] },
    { id: "20261120T140000Z-aaaaaaaa", reasons: ["newest of day 2026-11-20, 2 of 2", "among the newest 2, the minimum"] },
    {
      id: "20261121T020000Z-aaaaaaaa",
      reasons: [
        "1 of the last 1",
        "newest of day 2026-11-21, 1 of 2",
        "newest of week 2026-W47, 1 of 1",
        "within 5h before the newest good one",
        "newest good one",
        "among the newest 2, the minimum",
      ],
    },
  ]);
  expect(remove).toEqual([
    {
      id: "20261114T020000Z-aaaaaaaa",
      reason:
        "not among the last 1; day 2026-11-14 is beyond the last 2; week 2026-W46 is beyond the last 1; older than 5h before the newest good one",
    },
  ]);
});

it("says of a day that has a newer one that it has", () => {
  const { remove } = plan([candidate("2026-11-21T02:00:00Z"), candidate("2026-11-21T01:00:00Z")], { keepDaily: 3, minimum: 1 });
  expect(remove).toEqual([{ id: "20261121T010000Z-aaaaaaaa", reason: "day 2026-11-21 has a newer one" }]);
});

describe("the rules", () => {
  it("count hours, days, weeks, months and years that hold any, not those of the calendar", () => {
    const points = ["2026-11-21", "2026-11-19", "2026-09-01", "2024-03-05", "2019-01-01"].map((day) => candidate(`${day}T02:00:00Z`));
    expect(slots(plan(points, { keepDaily: 4, minimum: 1 }).remove)).toEqual(["20190101T0200"]);
    expect(slots(plan(points, { keepMonthly: 2, minimum: 1 }).keep)).toEqual(["20260901T0200", "20261121T0200"]);
    expect(slots(plan(points, { keepYearly: 3, minimum: 1 }).keep)).toEqual(["20190101T0200", "20240305T0200", "20261121T0200"]);
  });

  it("count within from the newest good one, so that nothing goes only because backups stopped", () => {
    const points = days(10);
    expect(plan(points, { keepWithin: "3d", minimum: 1 }, { now: new Date("2030-01-01T00:00:00Z") }).keep).toHaveLength(3);
  });

  it("go by the time zone's own days", () => {
    const points = ["2026-11-20T04:30:00Z", "2026-11-20T05:30:00Z", "2026-11-21T04:30:00Z"].map((slot) => candidate(slot));
    expect(slots(plan(points, { keepDaily: 2, minimum: 1 }).remove)).toEqual(["20261120T0430"]);
    expect(slots(plan(points, { keepDaily: 2, minimum: 1 }, { timeZone: "America/New_York" }).remove)).toEqual(["20261120T0530"]);
  });
});

describe("the guards", () => {
  it("keep the minimum of good ones, not of any", () => {
    const points = days(6, (daysAgo) => ({ good: daysAgo !== 1 }));
    expect(slots(plan(points, { keepLast: 2, keepWithin: "1h", minimum: 4 }).keep)).toEqual(
      ["20261117", "20261118", "20261119", "20261120", "20261121"].map((day) => `${day}T0200`),
    );
  });

  it("keep the newest proven one, however old", () => {
    const points = days(50, (daysAgo) => ({ provenAt: daysAgo >= 40 ? now : null }));
    expect(slots(plan(points, { keepLast: 3 }).keep)).toEqual(["20261012T0200", "20261119T0200", "20261120T0200", "20261121T0200"]);
  });

  it("do not take a suspicious one for the last proven one: an emptied table restores perfectly", () => {
    const points = days(50, (daysAgo) => ({ provenAt: daysAgo === 40 || daysAgo === 9 ? now : null, good: daysAgo !== 9 }));
    expect(slots(plan(points, { keepLast: 3, keepSuspicious: "1d" }).keep)[0]).toBe("20261012T0200");
  });

  it("keep suspicious ones, which count for nothing, until they are old", () => {
    const points = days(100, (daysAgo) => ({ good: daysAgo % 10 !== 5 }));
    const { keep, remove } = plan(points, { keepLast: 3 });
    expect(keep).toHaveLength(3 + 9);
    expect(remove.find(({ id }) => id.startsWith("20260818"))?.reason).toBe(
      "suspicious, never accepted, and older than 90d before the newest good one",
    );
    expect(keep.find(({ id }) => id.startsWith("20260828"))?.reasons).toEqual(["suspicious, and not accepted"]);
  });

  it("count what cannot be read for nothing, and keep it", () => {
    const points = days(10, (daysAgo) => ({ unreadable: daysAgo === 2 || daysAgo === 9 ? "a newer pgkeep wrote it" : null }));
    const { keep, counted } = plan(points, { keepLast: 3 });
    expect(slots(keep)).toEqual(["20261112T0200", "20261118T0200", "20261119T0200", "20261120T0200", "20261121T0200"]);
    expect(keep[0]?.reasons).toEqual(["cannot be read: a newer pgkeep wrote it"]);
    expect(counted).toBe(8);
  });

  it("count what is of the future for nothing, and keep it", () => {
    const points = [...days(5), candidate("2027-01-01T00:00:00Z"), candidate("2026-11-21T12:04:00Z")];
    const { keep } = plan(points, { keepLast: 2 });
    expect(slots(keep)).toEqual(["20261121T0200", "20261121T1204", "20270101T0000"]);
    expect(keep.at(-1)?.reasons).toEqual(["of the future: a clock was wrong"]);
  });

  it("end a removal that had begun, without counting what goes, unless it is pinned or in use by now", () => {
    const given = [{}, { removing: true }, { removing: true, pinned: { until: null } }, { removing: true, inUse: true }, {}, {}];
    const { keep, remove } = plan(
      days(6, (daysAgo) => given[daysAgo] ?? {}),
      { keepLast: 2 },
    );
    expect(remove).toEqual([
      { id: "20261116T020000Z-aaaaaaaa", reason: "not among the last 2" },
      { id: "20261120T020000Z-aaaaaaaa", reason: "its removal had begun" },
    ]);
    expect(keep.map(({ reasons }) => reasons[0])).toEqual(["2 of the last 2", "in use", "pinned", "1 of the last 2"]);
  });

  it("never let the only good one go", () => {
    const points = days(3, (daysAgo) => ({ good: daysAgo === 2 }));
    expect(plan(points, { keepLast: 1, keepSuspicious: "1h" }).keep).toHaveLength(3);
  });
});

describe("retention stops", () => {
  test.each<[string, RetentionCandidate[], Partial<RetentionCircumstances>, RegExp]>([
    [
      "while the newest is suspicious",
      days(9, (daysAgo) => ({ good: daysAgo > 0 })),
      {},
      /^the newest, 20261121T020000Z-aaaaaaaa, is suspicious/,
    ],
    [
      "while the newest cannot be read",
      days(9, (daysAgo) => ({ unreadable: daysAgo === 0 ? "damaged" : null })),
      {},
      /cannot be read: damaged/,
    ],
    ["where nothing is good", days(9, () => ({ good: false })), {}, /no recovery point is good/],
    ["where nothing was ever proven", days(9), { provenWithin: 86_400_000 }, /no drill of a good recovery point passed within 1d/],
    [
      "where the last proof is too old",
      days(9, () => ({ provenAt: new Date("2026-11-20T11:59:59Z") })),
      { provenWithin: 86_400_000 },
      /within 1d/,
    ],
    [
      "where only a suspicious one was proven",
      days(9, (daysAgo) => (daysAgo === 4 ? { good: false, provenAt: now } : {})),
      { provenWithin: 86_400_000 },
      /of a good recovery point/,
    ],
    [
      "after a step that failed",
      days(9),
      { concerns: ["the last run failed", "so did the drill"] },
      /^the last run failed; so did the drill$/,
    ],
  ])("%s", (_name, points, circumstances, reason) => {
    const { stopped, keep, remove, withheld } = plan(points, { keepLast: 2, keepSuspicious: "1h" }, circumstances);
    expect(stopped).toMatch(reason);
    expect(remove).toEqual([]);
    expect(keep).toHaveLength(points.length);
    expect(keep.filter(({ reasons }) => reasons[0] === "retention stopped").map(({ id }) => id)).toEqual(withheld.map(({ id }) => id));
  });

  it("and goes on when the drill is recent enough, or the suspicious one was accepted", () => {
    const proven = days(9, (daysAgo) => ({ provenAt: daysAgo === 8 ? new Date("2026-11-20T12:00:00Z") : null }));
    expect(plan(proven, { keepLast: 2 }, { provenWithin: 86_400_000 })).toMatchObject({ stopped: null });
    expect(plan(days(9), { keepLast: 2 })).toMatchObject({ stopped: null });
  });

  it("not over an empty store, where nothing can go", () => {
    expect(plan([], { keepLast: 2 }, { provenWithin: 1, concerns: ["something"] })).toMatchObject({ stopped: null, keep: [], remove: [] });
  });
});
