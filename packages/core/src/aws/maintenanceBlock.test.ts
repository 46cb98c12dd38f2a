import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { describeProblem } from "../problem.js";
import { parseBackupSchedule } from "./backupSchedule.js";
import { MaintenanceMeeting, maintenanceBlock, maintenanceProblems, meetsMaintenance } from "./maintenanceBlock.js";

const at = (text: string, timeZone = "UTC") => parseBackupSchedule("rules[0]", text, timeZone).schedule;
const meeting = (text: string, window: string, startWindow = 60, timeZone = "UTC") =>
  meetsMaintenance(at(text, timeZone), startWindow, maintenanceBlock(window) ?? expect.fail());

test.each([
  ["sun:04:00-sun:04:30", { start: 180, minutes: 90 }],
  ["Mon:00:30-mon:01:30", { start: 1410, minutes: 120 }],
  ["sun:00:00-sun:00:30", { start: 10_020, minutes: 90 }],
  ["sat:23:30-sun:00:30", { start: 9990, minutes: 120 }],
  ["sun:04:00", undefined],
  ["sun:24:00-sun:24:30", undefined],
  ["son:04:00-son:04:30", undefined],
])("the time without backups of %s", (window, expected) => expect(maintenanceBlock(window)).toEqual(expected));

describe("a backup and the maintenance window sun:04:00-sun:04:30", () => {
  test.each<[string, MaintenanceMeeting]>([
    ["0 1 * * *", MaintenanceMeeting.Never],
    ["0 2 * * SUN", MaintenanceMeeting.Never],
    ["1 2 * * SUN", MaintenanceMeeting.WithinStartWindow],
    ["59 2 * * SUN", MaintenanceMeeting.WithinStartWindow],
    ["0 3 * * SUN", MaintenanceMeeting.Scheduled],
    ["29 4 * * *", MaintenanceMeeting.Scheduled],
    ["30 4 * * SUN", MaintenanceMeeting.Never],
    ["0 3 * * MON", MaintenanceMeeting.Never],
    ["0 * * * *", MaintenanceMeeting.Unavoidable],
  ])("%s: %s", (text, expected) => expect(meeting(text, "sun:04:00-sun:04:30")).toBe(expected));

  it("is judged in summer and in winter", () => {
    expect(meeting("30 3 * * SUN", "sun:04:00-sun:04:30", 60, "Europe/Berlin")).toBe(MaintenanceMeeting.WithinStartWindow);
    expect(meeting("30 4 * * SUN", "sun:04:00-sun:04:30", 60, "Europe/Berlin")).toBe(MaintenanceMeeting.Scheduled);
  });

  it("is told with both times", () =>
    expect(maintenanceProblems("rules[0].schedule", at("30 3 * * *"), "sun:04:00-sun:04:30").map(describeProblem)).toEqual([
      `rules[0].schedule: AWS Backup cannot begin a backup of an RDS instance then
  received: 30 3 * * * (UTC)
  allowed:  times that are neither within the maintenance window sun:04:00-sun:04:30 (UTC) nor in the hour before it, in summer and in winter
  next:     move the schedule, or the instance's maintenance window`,
    ]));
});

it("judges as a minute-by-minute simulation of the week does", () => {
  const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
  const clock = (minute: number) =>
    `${days[Math.floor(minute / 1440)]}:${String(Math.floor((minute % 1440) / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_079 }),
      fc.integer({ min: 30, max: 600 }),
      fc.integer({ min: 0, max: 10_079 }),
      fc.integer({ min: 60, max: 480 }),
      (from, length, run, startWindow) => {
        const blocked = new Set(Array.from({ length: length + 60 }, (_, index) => (from - 60 + index + 10_080) % 10_080));
        const schedule = at(`${run % 60} ${Math.floor((run % 1440) / 60)} * * ${days[Math.floor(run / 1440)]?.toUpperCase()}`);
        const expected = blocked.has(run)
          ? MaintenanceMeeting.Scheduled
          : Array.from({ length: startWindow }, (_, index) => (run + index) % 10_080).some((minute) => blocked.has(minute))
            ? MaintenanceMeeting.WithinStartWindow
            : MaintenanceMeeting.Never;
        const window = `${clock(from)}-${clock((from + length) % 10_080)}`;
        expect(meetsMaintenance(schedule, startWindow, maintenanceBlock(window) ?? expect.fail(window))).toBe(expected);
      },
    ),
    { numRuns: 60 },
  );
});
