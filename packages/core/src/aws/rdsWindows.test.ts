import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  awsBackupPause,
  backupsBeside,
  dailyWindowProblem,
  dailyWindowText,
  maintenanceBeside,
  parseDailyWindow,
  parseWeeklyWindow,
  settleRdsWindows,
  weeklyWindowProblem,
  weeklyWindowText,
  windowsOverlap,
} from "./rdsWindows.js";

const DAY = 1440;
const WEEK = 10_080;

describe("a backup window", () => {
  test.each([
    ["03:00-03:30", undefined],
    ["03:00-03:31", undefined],
    ["23:45-00:30", undefined],
    ["03:00-03:29", "this lasts 29 minutes, and RDS needs 30 or more"],
    ["03:00-03:00", "this lasts 0 minutes, and RDS needs 30 or more"],
    ["3:00-03:30", "this is no daily window: hours and minutes have two digits each, in UTC"],
    ["24:00-24:30", "this is no daily window: hours and minutes have two digits each, in UTC"],
    ["sun:03:00-sun:03:30", "this is no daily window: hours and minutes have two digits each, in UTC"],
  ])("%s: %s", (text, problem) => {
    expect(dailyWindowProblem(text)).toBe(problem);
    if (problem !== undefined) expect(() => parseDailyWindow(text)).toThrow(problem);
  });

  it("may reach past midnight", () => expect(parseDailyWindow("23:45-00:30")).toEqual({ start: 1425, minutes: 45 }));
});

describe("a maintenance window", () => {
  test.each([
    ["sun:04:00-sun:04:30", undefined],
    ["Sat:23:45-Sun:00:30", undefined],
    ["sun:04:00-sun:04:29", "this lasts 29 minutes, and RDS needs 30 or more"],
    ["sun:04:00-sun:04:00", "this lasts 0 minutes, and RDS needs 30 or more"],
    ["04:00-04:30", "this is no weekly window: weekdays have three letters, hours and minutes two digits each, in UTC"],
    ["sunday:04:00-sun:04:30", "this is no weekly window: weekdays have three letters, hours and minutes two digits each, in UTC"],
    ["son:04:00-son:04:30", "this is no weekly window: weekdays have three letters, hours and minutes two digits each, in UTC"],
  ])("%s: %s", (text, problem) => {
    expect(weeklyWindowProblem(text)).toBe(problem);
    if (problem !== undefined) expect(() => parseWeeklyWindow(text)).toThrow(problem);
  });

  it("may reach past the end of the week", () =>
    expect(parseWeeklyWindow("sat:23:45-sun:00:30")).toEqual({ start: WEEK - 15, minutes: 45 }));
});

describe("overlap", () => {
  test.each([
    ["sun:04:00-sun:04:30", "04:00-04:30", true],
    ["sun:04:00-sun:04:30", "04:29-05:00", true],
    ["sun:04:00-sun:04:30", "04:30-05:00", false],
    ["sun:04:00-sun:04:30", "03:30-04:00", false],
    ["sat:23:45-sun:00:30", "00:00-00:30", true],
    ["sat:23:00-sat:23:30", "23:30-00:30", false],
    ["tue:22:00-thu:02:00", "12:00-12:30", true],
  ])("%s and %s: %s", (maintenance, backup, expected) => {
    expect(windowsOverlap(parseDailyWindow(backup), parseWeeklyWindow(maintenance))).toBe(expected);
  });
});

/** Every minute of a week that a window takes, by walking through them one by one. */
function minutesOf(start: number, minutes: number): Set<number> {
  const taken = new Set<number>();
  for (let minute = 0; minute < minutes; minute++) taken.add((start + minute) % WEEK);
  return taken;
}

function shareAMinute(daily: { start: number; minutes: number }, weekly: { start: number; minutes: number }): boolean {
  const maintenance = minutesOf(weekly.start, weekly.minutes);
  return [0, 1, 2, 3, 4, 5, 6].some((day) =>
    [...minutesOf(day * DAY + daily.start, daily.minutes)].some((minute) => maintenance.has(minute)),
  );
}

const daily = fc.record({ start: fc.nat(DAY - 1), minutes: fc.integer({ min: 30, max: DAY - 1 }) });
const weekly = fc.record({
  start: fc.nat(WEEK - 1),
  minutes: fc.oneof(fc.integer({ min: 30, max: 180 }), fc.integer({ min: 30, max: WEEK - 1 })),
});

describe("against a minute-by-minute simulation", () => {
  it("any pair of windows is judged the same", () => {
    fc.assert(
      fc.property(daily, weekly, (a, b) => windowsOverlap(a, b) === shareAMinute(a, b)),
      { numRuns: 2000 },
    );
  });

  it("windows that touch or nearly touch are judged the same", () => {
    const near = fc.tuple(daily, fc.nat(6), fc.integer({ min: -1, max: 1 }), fc.boolean(), fc.integer({ min: 30, max: 90 }));
    fc.assert(
      fc.property(near, ([a, day, shift, after, minutes]) => {
        const edge = day * DAY + a.start + (after ? a.minutes : -minutes) + shift;
        const b = { start: ((edge % WEEK) + WEEK) % WEEK, minutes };
        return windowsOverlap(a, b) === shareAMinute(a, b);
      }),
      { numRuns: 2000 },
    );
  });

  it("a maintenance window derived from any backup window is clear of it, and there is one wherever 30 minutes are left", () => {
    fc.assert(
      fc.property(daily, (backup) => {
        const maintenance = maintenanceBeside(backup);
        if (maintenance === undefined) return DAY - backup.minutes < 30;
        return (
          maintenance.minutes >= 30 &&
          weeklyWindowProblem(weeklyWindowText(maintenance)) === undefined &&
          !shareAMinute(backup, maintenance)
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("a backup window derived from any maintenance window is clear of it, and there is one wherever 30 minutes are left", () => {
    fc.assert(
      fc.property(weekly, (maintenance) => {
        const backup = backupsBeside(maintenance);
        if (backup === undefined) return DAY - maintenance.minutes < 30;
        return dailyWindowProblem(dailyWindowText(backup)) === undefined && !shareAMinute(backup, maintenance);
      }),
      { numRuns: 1000 },
    );
  });

  it("windows are read back as they were written", () => {
    fc.assert(
      fc.property(daily, weekly, (a, b) => {
        expect(parseDailyWindow(dailyWindowText(a))).toEqual(a);
        expect(parseWeeklyWindow(weeklyWindowText(b))).toEqual(b);
      }),
    );
  });
});

describe("derived windows", () => {
  test.each([
    ["03:00-03:30", "sun:04:30-sun:05:30"],
    ["23:00-23:45", "mon:00:45-mon:01:45"],
    ["00:00-23:00", "sun:23:00-mon:00:00"],
    ["00:00-23:30", "sun:23:30-mon:00:00"],
    ["00:00-23:31", undefined],
  ])("beside backups of %s maintenance is at %s", (backup, expected) => {
    const maintenance = maintenanceBeside(parseDailyWindow(backup));
    expect(maintenance && weeklyWindowText(maintenance)).toBe(expected);
  });

  test.each([
    ["sun:04:00-sun:05:00", "06:00-06:30"],
    ["sat:23:30-sun:00:30", "01:30-02:00"],
    ["sun:00:00-sun:23:30", "23:30-00:00"],
    ["sun:00:00-sun:23:31", undefined],
    ["sun:00:00-tue:00:00", undefined],
  ])("beside maintenance of %s backups are at %s", (maintenance, expected) => {
    const backup = backupsBeside(parseWeeklyWindow(maintenance));
    expect(backup && dailyWindowText(backup)).toBe(expected);
  });
});

describe("both windows of an instance", () => {
  test.each([
    [undefined, undefined, { backup: "03:00-03:30", maintenance: "sun:04:30-sun:05:30" }],
    ["01:00-02:00", undefined, { backup: "01:00-02:00", maintenance: "sun:03:00-sun:04:00" }],
    [undefined, "Wed:22:00-Wed:23:30", { backup: "00:30-01:00", maintenance: "wed:22:00-wed:23:30" }],
    ["01:00-02:00", "sun:02:00-sun:02:30", { backup: "01:00-02:00", maintenance: "sun:02:00-sun:02:30" }],
    ["00:00-23:31", undefined, undefined],
    [undefined, "sun:00:00-mon:12:00", undefined],
  ])("%s and %s are %j", (backup, maintenance, expected) => expect(settleRdsWindows(backup, maintenance)).toEqual(expected));
});

it("AWS Backup pauses from an hour before maintenance to its end, over the end of the week too", () => {
  expect(weeklyWindowText(awsBackupPause(parseWeeklyWindow("sun:00:30-sun:01:00")))).toBe("sat:23:30-sun:01:00");
});
