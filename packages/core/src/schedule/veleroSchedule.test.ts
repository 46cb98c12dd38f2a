import { expect, it } from "vitest";
import { parseCron } from "./cron.js";
import { veleroSchedule } from "./veleroSchedule.js";

it("writes the zone before the fields, and nothing for UTC", () => {
  const cron = parseCron("0 3 * * SUN");
  expect(veleroSchedule({ cron, timeZone: "America/New_York" })).toEqual({
    schedule: "CRON_TZ=America/New_York 0 3 * * 0",
    notes: ["a time zone needs Velero 1.15 or newer, in an image with time zone data"],
  });
  expect(veleroSchedule({ cron, timeZone: "Etc/UTC" })).toEqual({
    schedule: "0 3 * * 0",
    notes: [expect.stringContaining("must run in UTC")],
  });
});

it("says what it does otherwise when clocks are changed", () => {
  const { notes } = veleroSchedule({ cron: parseCron("30 2 * * *"), timeZone: "Europe/Berlin" });
  expect(notes.slice(1)).toEqual([expect.stringContaining("Velero leaves out"), expect.stringContaining("Velero runs twice")]);
});
