import { describe, expect, test } from "vitest";
import { backupsOverlap, parseBackupSchedule } from "./backupSchedule.js";

const read = (text: string, timeZone = "UTC") => parseBackupSchedule("rules[0]", text, timeZone);
const start = (text: string, startWindowMinutes = 60, timeZone = "UTC") => ({
  schedule: read(text, timeZone).schedule,
  startWindowMinutes,
});

describe("a schedule is written for AWS Backup", () => {
  test.each([
    ["0 2 * * *", "cron(0 2 * * ? *)"],
    ["30 * * * *", "cron(30 * * * ? *)"],
    ["0 */4 * * *", "cron(0 0/4 * * ? *)"],
    ["0 2 * * SUN", "cron(0 2 ? * SUN *)"],
    ["0 2 1 * *", "cron(0 2 1 * ? *)"],
  ])("%s", (text, scheduleExpression) =>
    expect(read(text, "Europe/Berlin")).toMatchObject({ scheduleExpression, scheduleExpressionTimezone: "Europe/Berlin" }),
  );
});

describe("a schedule is refused", () => {
  test.each([
    ["0,30 2 * * *", "UTC", /rules\[0\].schedule: AWS Backup runs a rule once an hour at most[\s\S]*continuous rule/],
    ["*/15 * * * *", "UTC", /names several minutes of an hour/],
    ["0 2 13 * FRI", "UTC", /rules\[0\].schedule: .*names both/],
    ["0 2 * *", "UTC", /rules\[0\].schedule: .*five are wanted/],
    ["0 2 * * *", "Berlin", /rules\[0\].timeZone: there is no such time zone/],
    ["0,30 25 * * *", "Berlin", /timeZone[\s\S]*25 is no hour/],
  ])("%s in %s", (text, timeZone, told) => expect(() => read(text, timeZone)).toThrow(told));
});

describe("AWS Backup takes one backup of two rules", () => {
  test.each<[string, ReturnType<typeof start>, ReturnType<typeof start>, boolean]>([
    ["at the same time on one day of the week", start("0 2 * * *"), start("0 2 * * SUN"), true],
    ["where one begins within the other's start window", start("0 2 * * *"), start("59 2 * * SUN"), true],
    ["the other way round", start("59 2 * * *"), start("0 2 1 * *"), true],
    ["not where they only touch", start("0 2 * * *"), start("0 3 * * SUN"), false],
    ["not where they only touch, the other way round", start("0 3 * * *"), start("0 2 * * SUN"), false],
    ["not a day apart", start("0 2 * * MON"), start("0 2 * * TUE"), false],
    ["where a long start window reaches the next", start("0 2 * * *", 480), start("0 9 * * SUN"), true],
    ["once in a while", start("0 2 * * SUN"), start("0 2 1 * *"), true],
    ["in two time zones", start("0 2 * * *", 60, "UTC"), start("0 4 * * *", 60, "Europe/Berlin"), true],
    ["of which one runs every hour", start("30 * * * *"), start("0 2 1 * *"), true],
  ])("%s", (_, one, other, expected) => {
    expect(backupsOverlap(one, other)).toBe(expected);
    expect(backupsOverlap(other, one)).toBe(expected);
  });
});
