import { formatRecoveryPointId, parseRetentionPolicy, planRetention, type RetentionCandidate, type RetentionPlan } from "@pgkeep/core";
import { describe, expect, it } from "vitest";

/**
 * A year of hourly backups under a clock that this test turns, with retention at 22:30 UTC of each day. Moments are written `12-31T22`, whole hours
 * of 2026 in UTC; `12-28..31T22` is that hour of several days, `12-31T00..22` several hours of a day.
 */
const HOUR = 3_600_000;
const at = (text: string) => new Date(`2026-${text}:00:00Z`);
const moments = (...texts: string[]) =>
  texts.flatMap((text) => {
    const [, month = "", firstDay = "", lastDay = firstDay, firstHour = "", lastHour = firstHour] =
      /^(\d\d)-(\d\d)(?:\.\.(\d\d))?T(\d\d)(?:\.\.(\d\d))?$/.exec(text) ?? [];
    return range(firstDay, lastDay).flatMap((day) => range(firstHour, lastHour).map((hour) => `${month}-${day}T${hour}`));
  });
const range = (first: string, last: string) =>
  Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => String(Number(first) + index).padStart(2, "0"));
const writtenAs = (moment: Date) => moment.toISOString().slice(5, 13);

const FAILED = new Set(moments("05-03T15..21", "07-01T02..03", "12-13T00..23", "12-14T00..23"));
/** The one of 10-05T08 is accepted an hour later, none of the others ever is. */
const SUSPICIOUS = new Set(moments("05-01T03", "08-30T21", "10-04T20..23", "10-05T00..08", "12-10T05"));
const ACCEPTED = "10-05T08";
/** Drills, each at three o'clock of the recovery point of two o'clock. */
const PROVEN = new Set(range("01", "12").map((month) => `${month}-01T02`));
const PINNED = new Map([
  ["02-14T09", null],
  ["11-20T10", at("12-25T00")],
  ["12-20T03", new Date("2027-01-31T00:00:00Z")],
]);

/** What stays whatever the policy says, on the last evening: two pins, the newest proven one, and what is suspicious since October. */
const GUARDED = moments("02-14T09", "12-20T03", "12-01T02", "10-04T20..23", "10-05T00..07", "12-10T05");

interface YearOfPolicy {
  policy: object;
  timeZone: string;
  /** What is there after retention on some evenings, beside what is guarded. */
  evenings: Record<string, string[]>;
}

const YEARS: Record<string, YearOfPolicy> = {
  "the last seven": {
    policy: { keepLast: 7 },
    timeZone: "UTC",
    evenings: { "12-31": moments("12-31T16..22") },
  },
  "24 hours and 7 days in Berlin": {
    policy: { keepHourly: 24, keepDaily: 7 },
    timeZone: "Europe/Berlin",
    evenings: {
      // Clocks were put forward in the morning: 22:00 UTC, the last hour of a day until yesterday, is the first of the next, so six days are left.
      "03-29": [...moments("03-24..28T22", "03-28T23", "03-29T00..22"), ...moments("02-14T09", "03-01T02")],
      // Clocks were put back in the morning: the day has 25 hours, and the last 24 hours do not reach back to its beginning.
      "10-25": [
        ...moments("10-19..24T21", "10-24T23", "10-25T00..22"),
        ...moments("02-14T09", "10-01T02", "08-30T21", "10-04T20..23", "10-05T00..07"),
      ],
      "12-31": moments("12-30T23", "12-31T00..22", "12-25..30T22"),
    },
  },
  "production in Berlin": {
    policy: { preset: "production" },
    timeZone: "Europe/Berlin",
    evenings: {
      "12-31": [
        // Thirty days that hold any: the 14th holds none, and the 13th only what was saved at its midnight, 23:00 UTC of the 12th.
        ...moments("12-01..12T22", "12-12T23", "12-15..31T22"),
        // The minimum is three.
        ...moments("12-31T20..21"),
        // The last hour of each of 52 weeks: 23 o'clock of a Sunday, which is 22:00 UTC in winter and 21:00 UTC in summer.
        ...moments("01-11T22", "01-18T22", "01-25T22", "02-01T22", "02-08T22", "02-15T22", "02-22T22", "03-01T22", "03-08T22"),
        ...moments("03-15T22", "03-22T22", "03-29T21", "04-05T21", "04-12T21", "04-19T21", "04-26T21"),
        // Runs of that Sunday afternoon failed.
        ...moments("05-03T14"),
        ...moments("05-10T21", "05-17T21", "05-24T21", "05-31T21", "06-07T21", "06-14T21", "06-21T21", "06-28T21", "07-05T21"),
        ...moments("07-12T21", "07-19T21", "07-26T21", "08-02T21", "08-09T21", "08-16T21", "08-23T21"),
        // The last one of that week was suspicious, and nobody ever accepted it.
        ...moments("08-30T20"),
        ...moments("09-06T21", "09-13T21", "09-20T21", "09-27T21"),
        // So were the last ones of that week; what was accepted on Monday belongs to the next one.
        ...moments("10-04T19"),
        ...moments("10-11T21", "10-18T21", "10-25T22", "11-01T22", "11-08T22", "11-15T22", "11-22T22", "11-29T22"),
      ],
    },
  },
  "grandfather, father and son in New York": {
    policy: { keepWithin: "36h", keepDaily: 7, keepWeekly: 4, keepMonthly: 12, keepYearly: 2, minimum: 5 },
    timeZone: "America/New_York",
    evenings: {
      // Clocks were put back in the morning, at 06:00 UTC: 23 o'clock is 04:00 UTC from now on.
      "11-01": [
        ...moments("10-31T11..23", "11-01T00..22"),
        // Days: 23 o'clock, which was 03:00 UTC; weeks: that of the Sundays 25, 18 and 11.
        ...moments("10-27..31T03", "10-26T03", "10-19T03", "10-12T03"),
        // Months from September back to January, and the last hour of last year.
        ...moments("10-01T03", "09-01T03", "08-01T03", "07-01T01", "06-01T03", "05-01T02", "04-01T03", "03-01T04", "02-01T04", "01-01T04"),
        ...moments("02-14T09", "11-01T02", "08-30T21", "10-04T20..23", "10-05T00..07"),
      ],
      "12-31": [
        ...moments("12-30T11..23", "12-31T00..22"),
        ...moments("12-26..30T04", "12-21T04"),
        // The week before: on Sunday and on Saturday evening nothing was saved.
        ...moments("12-12T23"),
        ...moments("12-01T04", "11-01T03", "10-01T03", "09-01T03", "08-01T03"),
        // The last two runs of June failed, and the last one of April was suspicious.
        ...moments("07-01T01", "06-01T03", "05-01T02", "04-01T03", "03-01T04", "02-01T04", "01-01T04"),
      ],
    },
  },
};

describe.each(Object.entries(YEARS))("%s", (_name, { policy, timeZone, evenings }) => {
  it("keeps what is written here, and its guards hold on each of 365 evenings", () => {
    const rules = parseRetentionPolicy(policy);
    let points: RetentionCandidate[] = [];
    const seen: string[] = [];
    let stoppedEvenings = 0;
    for (let moment = at("01-01T00").getTime(); moment <= at("12-31T22").getTime(); moment += HOUR) {
      const now = new Date(moment);
      const text = writtenAs(now);
      if (!FAILED.has(text)) points.push(newPoint(now));
      if (text === "10-05T09")
        points = points.map((point) => (point.slot.getTime() === at(ACCEPTED).getTime() ? { ...point, good: true } : point));
      if (!text.endsWith("T22")) continue;

      const evening = new Date(moment + HOUR / 2);
      const concerns = FAILED.has(text) ? ["the last run did not commit"] : [];
      const known = points.map((point) => asOf(point, evening));
      const plan = planRetention(shuffled(known, moment), rules, { now: evening, timeZone, concerns });
      assertGuards(known, plan, evening);
      if (plan.stopped !== null) stoppedEvenings += 1;
      const gone = new Set(plan.remove.map(({ id }) => id));
      points = points.filter(({ id }) => !gone.has(id));
      const expected = evenings[text.slice(0, 5)];
      if (expected) {
        seen.push(text.slice(0, 5));
        const table = text.startsWith("12-31") ? [...expected, ...GUARDED] : expected;
        expect(
          points.map(({ slot }) => writtenAs(slot)),
          text,
        ).toEqual([...new Set(table)].toSorted());
      }
    }
    expect(seen).toEqual(Object.keys(evenings));
    // The two evenings of the failed days, and the one on which the newest was suspicious.
    expect(stoppedEvenings).toBe(3);
  });
});

function newPoint(slot: Date): RetentionCandidate {
  const pin = PINNED.get(writtenAs(slot));
  return {
    id: formatRecoveryPointId({ slot, run: "hourly00" }),
    slot,
    good: !SUSPICIOUS.has(writtenAs(slot)),
    provenAt: PROVEN.has(writtenAs(slot)) ? new Date(slot.getTime() + HOUR) : null,
    pinned: pin === undefined ? undefined : { until: pin },
    inUse: false,
    removing: false,
    unreadable: null,
  };
}

/** As a listing of that moment tells it: a pin that is over is none. */
function asOf(point: RetentionCandidate, now: Date): RetentionCandidate {
  return point.pinned?.until && point.pinned.until <= now ? { ...point, pinned: undefined } : point;
}

/** What must be true whatever the policy says, found out here without asking the plan's own reasons. */
function assertGuards(known: RetentionCandidate[], { keep, remove, rules, stopped }: RetentionPlan, now: Date): void {
  const kept = new Set(keep.map(({ id }) => id));
  expect(keep.length + remove.length).toBe(known.length);
  const good = known.filter((point) => point.good).toSorted((a, b) => b.slot.getTime() - a.slot.getTime());
  for (const { id } of good.slice(0, rules.minimum)) expect(kept).toContain(id);
  const proven = good.find(({ provenAt }) => provenAt !== null);
  if (proven) expect(kept).toContain(proven.id);
  for (const { id, pinned, good, slot } of known) {
    if (pinned) expect(kept).toContain(id);
    if (!good && now.getTime() - slot.getTime() < 90 * 24 * HOUR) expect(kept).toContain(id);
  }
  const newest = known.at(-1);
  if (newest?.good === false) expect(stopped).toMatch(/is suspicious/);
  if (stopped !== null) expect(remove).toEqual([]);
}

/** Another order each day, the same in each run of this test. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed % 2_147_483_647;
  return items
    .map((item) => {
      state = (state * 48_271) % 2_147_483_647;
      return { item, order: state };
    })
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
