import { expect, it, test } from "vitest";
import { parseCron } from "./cron.js";
import { eventBridgeSchedule } from "./eventBridgeSchedule.js";

test.each([
  ["0 2 * * *", "cron(0 2 * * ? *)"],
  ["*/15 */6 * */3 *", "cron(0/15 0/6 * 1/3 ? *)"],
  ["* * * * *", "cron(* * * * ? *)"],
  ["0 2 1,15 * *", "cron(0 2 1,15 * ? *)"],
  ["0 2 * JAN MON-FRI", "cron(0 2 ? 1 MON,TUE,WED,THU,FRI *)"],
  // There Sunday is 1, so a 0 or 7 copied over would be refused or mean Saturday.
  ["0 2 * * 0", "cron(0 2 ? * SUN *)"],
  ["0 2 * * 7", "cron(0 2 ? * SUN *)"],
  ["0 2 * * 6", "cron(0 2 ? * SAT *)"],
])("%s is written %s", (text, expected) => {
  expect(eventBridgeSchedule({ cron: parseCron(text), timeZone: "UTC" })).toEqual({
    scheduleExpression: expected,
    scheduleExpressionTimezone: "UTC",
    notes: [],
  });
});

it("refuses both kinds of days at once", () => {
  expect(() => eventBridgeSchedule({ cron: parseCron("0 0 13 * FRI"), timeZone: "UTC" })).toThrow(/names both, either of which would do/);
});

it("says where it leaves out or pauses when clocks are changed", () => {
  const notes = (text: string) => eventBridgeSchedule({ cron: parseCron(text), timeZone: "Europe/Berlin" }).notes;
  expect(notes("30 2 * * *")).toEqual([expect.stringContaining("EventBridge Scheduler leaves out")]);
  expect(notes("*/15 * * * *")).toEqual([expect.stringContaining("EventBridge Scheduler pauses while an hour comes twice")]);
});
