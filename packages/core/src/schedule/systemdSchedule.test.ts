import { expect, it, test } from "vitest";
import { parseCron } from "./cron.js";
import { systemdSchedule } from "./systemdSchedule.js";

test.each<[string, string[]]>([
  ["0 2 * * *", ["*-*-* 02:00:00 Europe/Berlin"]],
  ["* * * * *", ["*-*-* *:*:00 Europe/Berlin"]],
  ["*/20 1,13 * * *", ["*-*-* 01,13:00,20,40:00 Europe/Berlin"]],
  ["0 4 * * 7", ["Sun *-*-* 04:00:00 Europe/Berlin"]],
  ["0 4 1,15 JAN,JUL *", ["*-01,07-01,15 04:00:00 Europe/Berlin"]],
  // In one line both would have to match.
  ["0 4 13 * MON,FRI", ["*-*-13 04:00:00 Europe/Berlin", "Mon,Fri *-*-* 04:00:00 Europe/Berlin"]],
  ["0 4 30 2 MON", ["Mon *-02-* 04:00:00 Europe/Berlin"]],
])("%s", (text, expected) => {
  expect(systemdSchedule({ cron: parseCron(text), timeZone: "Europe/Berlin" }).onCalendar).toEqual(expected);
});

it("says where it leaves out or pauses when clocks are changed", () => {
  const notes = (text: string) => systemdSchedule({ cron: parseCron(text), timeZone: "Europe/Berlin" }).notes;
  expect(notes("30 2 * * *")).toEqual([expect.stringContaining("systemd leaves out")]);
  expect(notes("30 * * * *")).toEqual([expect.stringContaining("systemd pauses")]);
});
