import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCron } from "./cron.js";
import { kubernetesSchedule } from "./kubernetesSchedule.js";

test.each<[string, string]>([
  ["0 2 * * *", "0 2 * * *"],
  ["@daily", "0 0 * * *"],
  ["*/15 * * * *", "*/15 * * * *"],
  ["*/7 * * * *", "*/7 * * * *"],
  ["0-59 0-23 1-31 1-12 0-6", "* * * * *"],
  // Kubernetes refuses 7.
  ["0 2 * * 7", "0 2 * * 0"],
  ["0 2 * * MON-FRI", "0 2 * * 1-5"],
  ["0 2 * * FRI,SUN", "0 2 * * 0,5"],
  ["0 2 1,15 JAN,JUL *", "0 2 1,15 1,7 *"],
  // Written out, so that every cron reads it alike.
  ["0 2 */10 * *", "0 2 1,11,21,31 * *"],
  ["0 0 13 * FRI", "0 0 13 * 5"],
  ["30 8-18/2 * * *", "30 8,10,12,14,16,18 * * *"],
])("%s is written %s", (text, expected) => {
  expect(kubernetesSchedule({ cron: parseCron(text), timeZone: "Etc/UTC" })).toEqual({
    schedule: expected,
    timeZone: "Etc/UTC",
    notes: [],
  });
});

test("what it does otherwise when clocks are changed is said, for the schedules that meet a change", () => {
  const notes = (text: string, timeZone: string) => kubernetesSchedule({ cron: parseCron(text), timeZone }).notes;
  expect(notes("30 2 * * *", "Europe/Berlin")).toEqual([
    "Kubernetes leaves out a time that the clocks pass over (for example 2026-03-29 02:30 in Europe/Berlin), where pgkeep itself runs at the change",
    "Kubernetes runs twice at a time that comes twice (for example 2026-10-25 02:30 in Europe/Berlin), where pgkeep itself runs once",
  ]);
  expect(notes("30 1 * * *", "America/New_York")).toEqual([
    expect.stringContaining("runs twice at a time that comes twice (for example 2026-11-01 01:30"),
  ]);
  expect(notes("30 4 * * *", "Europe/Berlin")).toEqual([]);
  expect(notes("30 2 * * MON", "Europe/Berlin")).toEqual([]);
  // It follows the distance, as pgkeep does.
  expect(notes("30 * * * *", "Europe/Berlin")).toEqual([]);
});

test("what is written means the same when it is read again, whatever it was", () => {
  const field = (least: number, most: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 8 }).map((values) => values.join(",")),
      fc.integer({ min: 1, max: Math.floor((most - least) / 2) }).map((step) => `${least}-${most}/${step}`),
    );
  const texts = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6)).map((fields) => fields.join(" "));
  fc.assert(
    fc.property(texts, (text) => {
      const meant = parseCron(text);
      const read = parseCron(kubernetesSchedule({ cron: parseCron(text), timeZone: "UTC" }).schedule);
      const days = (cron: typeof meant) => [cron.anyDayOfMonth || cron.daysOfMonth, cron.anyDayOfWeek || cron.daysOfWeek];
      expect([read.minutes, read.hours, read.months, days(read)]).toEqual([meant.minutes, meant.hours, meant.months, days(meant)]);
    }),
    { numRuns: 300 },
  );
});
