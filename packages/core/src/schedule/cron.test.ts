import { describe, expect, it, test } from "vitest";
import { ProblemError } from "../problem.js";
import { parseCron } from "./cron.js";

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a schedule is read", () => {
  test.each<[string, Partial<ReturnType<typeof parseCron>>]>([
    ["0 2 * * *", { minutes: [0], hours: [2], anyDayOfMonth: true, months: range(1, 12), anyDayOfWeek: true, notes: [] }],
    ["  0\t2  * * * ", { minutes: [0], hours: [2], text: "  0\t2  * * * " }],
    ["*/15 9-17 * * MON-FRI", { minutes: [0, 15, 30, 45], hours: range(9, 17), daysOfWeek: range(1, 5), anyDayOfWeek: false }],
    ["5,1,3,1 1-9/4 1 jan,DEC *", { minutes: [1, 3, 5], hours: [1, 5, 9], daysOfMonth: [1], months: [1, 12] }],
    ["0 0 * * 7", { daysOfWeek: [0] }],
    ["0 0 * * 5-7", { daysOfWeek: [0, 5, 6] }],
    ["0 0 * * 0-7", { daysOfWeek: range(0, 6), anyDayOfWeek: true }],
    ["0 0 13 * FRI", { daysOfMonth: [13], daysOfWeek: [5], anyDayOfMonth: false, anyDayOfWeek: false }],
    ["0 0 1-31 * MON", { anyDayOfMonth: true, anyDayOfWeek: true }],
    ["0 0 */2 * *", { anyDayOfMonth: false, anyDayOfWeek: true }],
    ["*/1 */1 */1 */1 */1", { minutes: range(0, 59), hours: range(0, 23), anyDayOfMonth: true, anyDayOfWeek: true, notes: [] }],
    ["@Daily", { minutes: [0], hours: [0], anyDayOfMonth: true, anyDayOfWeek: true }],
    ["@hourly", { minutes: [0], hours: range(0, 23) }],
    ["@weekly", { daysOfWeek: [0], hours: [0] }],
    ["@monthly", { daysOfMonth: [1], hours: [0] }],
    ["@annually", { daysOfMonth: [1], months: [1] }],
  ])("%s", (text, expected) => {
    expect(parseCron(text)).toMatchObject(expected);
  });
});

describe("what its reader may not have meant is noted", () => {
  test.each<[string, string[]]>([
    ["*/7 * * * *", ["*/7 does not divide 60 minutes evenly: minute 56 is followed by 0, 4 minutes later"]],
    ["0 */5 * * *", ["*/5 does not divide 24 hours evenly: hour 20 is followed by 0, 4 hours later"]],
    ["*/40 * * * *", ["*/40 does not divide 60 minutes evenly: minute 40 is followed by 0, 20 minutes later"]],
    ["0 0 1 */5 *", ["*/5 does not divide 12 months evenly: month 11 is followed by 1, 2 months later"]],
    ["0 0 */2 * *", ["*/2 counts the day of the month from 1 anew in each month, so the step over its end is another"]],
    ["0 0 * * */2", ["*/2 counts the day of the week from 0 anew in each week, so the step over its end is another"]],
    ["0 0 29 2 *", ["29 February comes in leap years only"]],
    ["0 0 29 * *", ["months that have no day 29 are left out (February, but in leap years)"]],
    ["0 0 31 * *", ["months that have no day 31 are left out"]],
    ["0 0 28,31 * *", []],
    ["0 0 31 1,3 *", []],
    ["0 0 30 2 MON", ["day 30 of FEB never comes, so the day of the week alone decides"]],
    ["*/20 */6 * */4 *", []],
  ])("%s", (text, notes) => {
    expect(parseCron(text).notes).toEqual(notes);
  });
});

describe("a schedule is refused", () => {
  test.each<[string, RegExp, RegExp?]>([
    ["", /this is empty/],
    ["0 2 * *", /4 fields, and five are wanted$/m],
    ["2", /1 field, and five/],
    ["0 0 2 * * *", /6 fields.*begin with seconds/],
    ["60 * * * *", /minute "60": 60 is no minute/],
    ["* 24 * * *", /24 is no hour/],
    ["* * 0 * *", /0 is no day of the month/],
    ["* * * 13 *", /13 is no month/],
    ["* * * * 8", /8 is no day of the week/],
    ["* * * FEBR *", /"FEBR" is no month/],
    ["MON * * * *", /"MON" is no minute/],
    ["-5 * * * *", /never negative/],
    ["1.5 * * * *", /cannot be read/],
    ["5, * * * *", /a value is missing/],
    ["*,5 * * * *", /means every value/],
    ["*/61 * * * *", /only 0 would ever match/, /at most 59/],
    ["0 */24 * * *", /only 0 would ever match/, /write 0/],
    ["0 9-17/9 * * *", /only 9 would ever match/],
    ["*/0 * * * *", /at least 1/],
    ["5/15 * * * *", /disagree about a step behind a single value/, /write 5-59\/15/],
    ["0 22-2 * * *", /from the smaller to the larger/, /write 22-23,0-2/],
    ["0 0 * * FRI-MON", /from the smaller to the larger/, /write 5-6,0-1/],
    ["0 0 ? * *", /`\?` belongs to other kinds/],
    ["0 0 L * *", /L, W, #/],
    ["0 0 15W * *", /L, W, #/],
    ["0 0 * * FRI#2", /L, W, #/],
    ["0 0 30 2 *", /day 30 of FEB never comes/],
    ["0 0 31 4,JUN *", /day 31 of APR, JUN never comes/],
    ["0 0 */2 * MON", /cron programs disagree/, /1-31\/2/],
    ["0 0 1 * */2", /cron programs disagree/],
    ["@every 15m", /counts from the moment a program started/, /\*\/15/],
    ["@reboot", /names no time/],
    ["@fortnightly", /no such abbreviation/],
    ["TZ=Europe/Berlin 0 2 * * *", /time zone has no place/, /timeZone/],
    ["CRON_TZ=UTC 0 2 * * *", /time zone has no place/],
  ])("%j", (text, reason, next) => {
    const refused = () => parseCron(text, "schedule.backup");
    expect(refused).toThrow(ProblemError);
    expect(refused).toThrow(reason);
    expect(refused).toThrow(/^schedule\.backup: /);
    if (next) expect(refused).toThrow(next);
  });

  it("with all that is wrong at once", () => {
    expect(() => parseCron("60 24 0 13 8")).toThrow(/minute[\s\S]*hour[\s\S]*day of the month[\s\S]*month[\s\S]*day of the week/);
  });
});
