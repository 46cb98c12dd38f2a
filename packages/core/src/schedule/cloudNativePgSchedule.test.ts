import { expect, it, test } from "vitest";
import { cloudNativePgSchedule } from "./cloudNativePgSchedule.js";
import { parseCron } from "./cron.js";

test.each([
  // Without the seconds it would be taken, and mean every hour.
  ["0 0 * * *", "0 0 0 * * *"],
  ["@hourly", "0 0 * * * *"],
  ["*/10 2 * * 7", "0 */10 2 * * 0"],
])("%s is written %s", (text, expected) => {
  expect(cloudNativePgSchedule({ cron: parseCron(text), timeZone: "UTC" }).schedule).toBe(expected);
});

it("refuses a time zone, for which there is no field", () => {
  expect(() => cloudNativePgSchedule({ cron: parseCron("0 0 * * *"), timeZone: "Europe/Berlin" })).toThrow(
    /timeZone: a ScheduledBackup of CloudNativePG has no time zone[\s\S]*received: Europe\/Berlin/,
  );
});
