import { Cron as Croner } from "croner";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseCron } from "./cron.js";
import { nextRun, nextRuns, previousRun } from "./runs.js";
import { wallClock } from "./wallClock.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function runs(text: string, timeZone: string, after: string, count: number): string[] {
  return nextRuns({ cron: parseCron(text), timeZone }, count, new Date(after)).map((run) => run.toISOString().replace(":00.000", ""));
}

describe("the days that cron means", () => {
  test.each<[string, string, string[]]>([
    ["0 2 * * *", "2026-11-21T02:00:00Z", ["2026-11-22T02:00Z", "2026-11-23T02:00Z"]],
    ["0 2 * * *", "2026-11-21T01:59:59.999Z", ["2026-11-21T02:00Z", "2026-11-22T02:00Z"]],
    ["*/15 * * * *", "2026-11-21T23:46:10Z", ["2026-11-22T00:00Z", "2026-11-22T00:15Z"]],
    ["0 0 13 * FRI", "2026-11-08T00:00:00Z", ["2026-11-13T00:00Z", "2026-11-20T00:00Z", "2026-11-27T00:00Z", "2026-12-04T00:00Z"]],
    ["0 0 13 * FRI", "2026-12-11T00:00:00Z", ["2026-12-13T00:00Z", "2026-12-18T00:00Z"]],
    ["0 0 31 * *", "2026-01-31T00:00:00Z", ["2026-03-31T00:00Z", "2026-05-31T00:00Z"]],
    ["0 0 29 2 *", "2096-02-29T00:00:00Z", ["2104-02-29T00:00Z"]],
    ["0 0 30 2 MON", "2026-01-30T00:00:00Z", ["2026-02-02T00:00Z", "2026-02-09T00:00Z"]],
    ["0 0 * * SUN", "2026-11-21T00:00:00Z", ["2026-11-22T00:00Z", "2026-11-29T00:00Z"]],
    ["0 * 29 2 *", "2026-01-01T00:00:00Z", ["2028-02-29T00:00Z", "2028-02-29T01:00Z"]],
  ])("%s behind %s", (text, after, expected) => {
    expect(runs(text, "UTC", after, expected.length)).toEqual(expected);
  });
});

describe("when clocks are changed", () => {
  test.each<[string, string, string, string, string[]]>([
    [
      "a time that does not exist runs at the change",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-03-28T12:00:00Z",
      ["2026-03-29T01:00Z", "2026-03-30T00:30Z"],
    ],
    [
      "several of them once, together with the one at the change",
      "*/15 2,3 * * *",
      "Europe/Berlin",
      "2026-03-28T12:00:00Z",
      ["2026-03-29T01:00Z", "2026-03-29T01:15Z"],
    ],
    [
      "a time that comes twice runs the first time",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-10-24T12:00:00Z",
      ["2026-10-25T00:30Z", "2026-10-26T01:30Z"],
    ],
    [
      "and so does each of a list",
      "10,50 1,2 * * *",
      "America/New_York",
      "2026-11-01T04:00:00Z",
      ["2026-11-01T05:10Z", "2026-11-01T05:50Z", "2026-11-01T07:10Z"],
    ],
    [
      "every hour goes on through a missing hour",
      "30 * * * *",
      "Europe/Berlin",
      "2026-03-29T00:00:00Z",
      ["2026-03-29T00:30Z", "2026-03-29T01:30Z"],
    ],
    [
      "every hour goes on through a doubled hour",
      "0 * * * *",
      "Europe/Berlin",
      "2026-10-24T23:30:00Z",
      ["2026-10-25T00:00Z", "2026-10-25T01:00Z", "2026-10-25T02:00Z"],
    ],
    ["half an hour is missing", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", ["2026-10-03T15:30Z", "2026-10-04T15:15Z"]],
    ["half an hour comes twice", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", ["2026-04-04T14:45Z", "2026-04-05T15:15Z"]],
    ["midnight is missing", "0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", ["2026-09-06T04:00Z", "2026-09-07T03:00Z"]],
    [
      "midnight is missing on the very day of the week",
      "30 0 * * SUN",
      "Asia/Beirut",
      "2026-03-28T12:00:00Z",
      ["2026-03-28T22:00Z", "2026-04-04T21:30Z"],
    ],
    [
      "the hour before midnight comes twice",
      "30 23 * * *",
      "America/Santiago",
      "2026-04-04T12:00:00Z",
      ["2026-04-05T02:30Z", "2026-04-06T03:30Z"],
    ],
    [
      "a whole day is missing",
      "0 12 * * *",
      "Pacific/Apia",
      "2011-12-29T12:00:00Z",
      ["2011-12-29T22:00Z", "2011-12-30T10:00Z", "2011-12-30T22:00Z"],
    ],
  ])("%s: %s in %s", (_name, text, zone, after, expected) => {
    expect(runs(text, zone, after, expected.length)).toEqual(expected);
  });
});

/** The rule minute by minute, without a formula: what every minute's clock shows, and whether it is the first to show as much. */
function runsByHand(text: string, timeZone: string, from: number, to: number): number[] {
  const cron = parseCron(text);
  const clock = wallClock(timeZone);
  const counter = new Croner(text, { timezone: "UTC" });
  const times = new Set<number>();
  for (let time = counter.nextRun(new Date(from - 3 * DAY)); time && time.getTime() < to + 3 * DAY; time = counter.nextRun(time))
    times.add(time.getTime());
  const found: number[] = [];
  let latest = clock.shownAt(from - DAY);
  for (let moment = from - DAY; moment <= to; moment += MINUTE) {
    const shown = clock.shownAt(moment);
    let matches = cron.hours.length === 24 && times.has(shown);
    for (; cron.hours.length < 24 && latest < shown; ) {
      latest += MINUTE;
      matches ||= times.has(latest);
    }
    if (matches && moment > from) found.push(moment);
  }
  return found;
}

describe("the same as by hand, minute by minute, around every change of the clocks", () => {
  const CHANGES: [string, string][] = [
    ["Europe/Berlin", "2026-03-29T01:00:00Z"],
    ["Europe/Berlin", "2026-10-25T01:00:00Z"],
    ["America/New_York", "2026-03-08T07:00:00Z"],
    ["America/New_York", "2026-11-01T06:00:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
    ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
    ["America/Santiago", "2026-04-05T03:00:00Z"],
    ["America/Santiago", "2026-09-06T04:00:00Z"],
    ["Africa/Cairo", "2026-04-23T22:00:00Z"],
    ["Africa/Casablanca", "2026-02-15T02:00:00Z"],
    ["America/Havana", "2026-11-01T05:00:00Z"],
  ];
  const TEXTS = [
    "30 2 * * *",
    "*/15 2 * * *",
    "0 0 * * *",
    "*/30 * * * *",
    "0 */2 * * *",
    "10,50 1,2 * * *",
    "15 0 * * 0",
    "5 0-3 * * *",
    "59 23 * * *",
  ];
  it.each(CHANGES)("%s at %s", (zone, change) => {
    const [from, to] = [Date.parse(change) - 1.5 * DAY, Date.parse(change) + 1.5 * DAY];
    for (const text of TEXTS) {
      const schedule = { cron: parseCron(text), timeZone: zone };
      const found: number[] = [];
      for (let run = nextRun(schedule, new Date(from)); run.getTime() <= to; run = nextRun(schedule, run)) found.push(run.getTime());
      expect(found, text).toEqual(runsByHand(text, zone, from, to));
    }
  });
});

describe("the last run before a moment", () => {
  it.each([
    ["0 2 * * *", "2026-11-21T02:00:00Z", "2026-11-21T02:00:00Z"],
    ["0 2 * * *", "2026-11-21T01:59:59Z", "2026-11-20T02:00:00Z"],
    ["* * * * *", "2026-11-21T01:59:59Z", "2026-11-21T01:59:00Z"],
    ["0 0 29 2 *", "2103-06-01T00:00:00Z", "2096-02-29T00:00:00Z"],
    ["0 0 1 1 *", "2026-12-31T23:59:59Z", "2026-01-01T00:00:00Z"],
  ])("%s at %s", (text, at, expected) => {
    expect(previousRun({ cron: parseCron(text), timeZone: "UTC" }, new Date(at))).toEqual(new Date(expected));
  });

  it("is the one whose next is behind it, whatever the zone and the schedule", () => {
    const texts = fc.constantFrom(
      "* * * * *",
      "0 * * * *",
      "30 2 * * *",
      "0 0 * * SUN",
      "15 4 1 * *",
      "*/7 1-3 13 * FRI",
      "0 0 31 * *",
      "*/30 * 1 1 *",
    );
    const zones = fc.constantFrom("UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu");
    const moments = fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2028, 0) });
    fc.assert(
      fc.property(texts, zones, moments, (text, timeZone, moment) => {
        const schedule = { cron: parseCron(text), timeZone };
        const last = previousRun(schedule, new Date(moment));
        expect(last.getTime()).toBeLessThanOrEqual(moment);
        expect(nextRun(schedule, last).getTime()).toBeGreaterThan(moment);
        expect(nextRun(schedule, new Date(last.getTime() - 1))).toEqual(last);
      }),
      { numRuns: 100 },
    );
  });
});
