import { expect, it } from "vitest";
import { parseCron } from "./cron.js";
import { crontabLines } from "./crontabSchedule.js";

const cron = parseCron("0 2 * * SUN");

it("is one line where the machine's time zone is the schedule's", () => {
  expect(crontabLines({ cron, timeZone: "UTC" }, "pgkeep backup", { timeZone: "Etc/UTC", readsCronTz: false })).toEqual([
    "0 2 * * 0 pgkeep backup",
  ]);
});

it("names the zone where the daemon reads it, and refuses it elsewhere", () => {
  const schedule = { cron, timeZone: "Europe/Berlin" };
  expect(crontabLines(schedule, "pgkeep backup", { timeZone: "UTC", readsCronTz: true })).toEqual([
    "CRON_TZ=Europe/Berlin",
    "0 2 * * 0 pgkeep backup",
  ]);
  expect(() => crontabLines(schedule, "pgkeep backup", { timeZone: "UTC", readsCronTz: false })).toThrow(
    /knows its own time zone only, UTC/,
  );
});

it("escapes what would end the command", () => {
  expect(crontabLines({ cron, timeZone: "UTC" }, "echo '50%'", { timeZone: "UTC", readsCronTz: false })).toEqual([
    "0 2 * * 0 echo '50\\%'",
  ]);
  expect(() => crontabLines({ cron, timeZone: "UTC" }, "a\nb", { timeZone: "UTC", readsCronTz: false })).toThrow(/one line/);
});
