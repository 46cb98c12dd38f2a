import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activeDeadline, cronJobTimes, startingDeadlineProblem } from "./cronJobTimes.js";

const timesOf = (schedule: string, timeZone = "UTC") => {
  const { times, problems } = cronJobTimes("schedule", schedule, timeZone);
  return times ?? expect.fail(JSON.stringify(problems));
};

describe("the times of a CronJob", () => {
  it.each([
    ["* * * * *", 1, 60, 60],
    ["*/2 * * * *", 2, 60, 120],
    ["*/5 * * * *", 5, 150, 300],
    ["0 * * * *", 60, 1800, 3600],
    ["0 */3 * * *", 180, 3600, 10_800],
    ["0 */6 * * *", 360, 3600, 21_600],
    ["0 2 * * *", 1440, 3600, 21_600],
    ["0 2 * * SUN", 10_080, 3600, 21_600],
  ])("of %s: slots %i minutes apart, %i seconds late at most, %i seconds at work at most", (schedule, minutes, starting, active) => {
    expect(timesOf(schedule)).toMatchObject({
      longestMinutes: minutes,
      shortestMinutes: minutes,
      startingDeadlineSeconds: starting,
      activeDeadlineSeconds: active,
    });
  });
  it("tell what a change of clocks does to them", () => {
    expect(timesOf("30 2 * * *", "Europe/Berlin").notes.join()).toMatch(/Kubernetes/);
    expect(timesOf("0 2 * * *").notes).toEqual([]);
  });
  it("write Sunday as Kubernetes takes it", () => {
    expect(timesOf("0 2 * * 7").schedule).toMatch(/ 0$/);
  });
  it.each([
    ["a zone among the fields", "TZ=Europe/Berlin 0 2 * * *", /time zone has no place/],
    ["the same by cron's other name", "CRON_TZ=UTC 0 2 * * *", /time zone has no place/],
    ["a step that Kubernetes takes for hourly", "*/61 * * * *", /./],
    ["six fields", "0 0 2 * * *", /six|6 fields/],
    ["a date that no year has", "0 0 30 2 *", /./],
  ])("refuse %s", (_, schedule, reason) => {
    expect(cronJobTimes("schedule", schedule, "UTC").problems).toEqual([
      expect.objectContaining({ where: "schedule", received: schedule, reason: expect.stringMatching(reason) }),
    ]);
  });
  it("refuse a zone and a schedule together", () => {
    expect(cronJobTimes("schedule", "0 25 * * *", "CEST").problems.map(({ where }) => where)).toEqual(["timeZone", "schedule"]);
  });
  it("never let a run reach into the slot behind the next, nor a start be lost within a minute", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 59 }), fc.constantFrom("*", "*/2", "*/7", "1,13", "4"), (minute, hours) => {
        const times = timesOf(`${minute} ${hours} * * *`);
        expect(times.activeDeadlineSeconds).toBeLessThanOrEqual(times.shortestMinutes * 60);
        expect(times.startingDeadlineSeconds).toBeGreaterThanOrEqual(60);
        expect(times.startingDeadlineSeconds).toBeLessThanOrEqual(times.shortestMinutes * 60);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a deadline of one's own", () => {
  const hourly = timesOf("0 * * * *");
  it.each([
    ["59m", 3540],
    ["60m", 3600],
    ["1h", 3600],
    ["1s", 1],
  ])("may be %s", (text, seconds) => {
    expect(activeDeadline("deadline", text, hourly)).toEqual({ seconds, problems: [] });
  });
  it.each(["61m", "3601s", "2d"])("may not be %s where slots are an hour apart", (text) => {
    expect(activeDeadline("deadline", text, hourly).problems).toEqual([
      expect.objectContaining({ where: "deadline", received: text, reason: expect.stringContaining("Forbid") }),
    ]);
  });
  it.each(["soon", "0s", "999ms", "1500ms", "8d"])("is not %s", (text) => {
    expect(activeDeadline("deadline", text, timesOf("0 2 1 * *")).problems).toEqual([
      expect.objectContaining({ reason: "this is no time that a run may take" }),
    ]);
  });
  it.each([
    [59, /every ten seconds/],
    [60.5, /every ten seconds/],
    [3601, /next slot is due/],
  ])("to start may not be %d seconds", (seconds, reason) => {
    expect(startingDeadlineProblem("startingDeadlineSeconds", seconds, hourly)?.reason).toMatch(reason);
  });
  it.each([60, 3600])("to start may be %d seconds", (seconds) => {
    expect(startingDeadlineProblem("startingDeadlineSeconds", seconds, hourly)).toBeUndefined();
  });
});
