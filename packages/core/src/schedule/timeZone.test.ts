import { expect, test } from "vitest";
import { isSameTimeZone, timeZoneProblem } from "./timeZone.js";

test.each([
  ..."UTC Etc/UTC Europe/Berlin Europe/Kiev Europe/Kyiv US/Eastern Asia/Calcutta Australia/Lord_Howe America/Port-au-Prince".split(" "),
  ..."America/Argentina/Buenos_Aires Africa/Dar_es_Salaam Etc/GMT-2 CET EST5EDT Antarctica/DumontDUrville Australia/ACT".split(" "),
])("%s is a time zone", (name) => {
  expect(timeZoneProblem(name)).toBeUndefined();
});

test.each([
  ["Europe/Berln", /there is no such time zone/, "did you mean Europe/Berlin?"],
  ["europe/berlin", /upper and lower case/, "did you mean Europe/Berlin?"],
  ["us/eastern", /upper and lower case/, undefined],
  ["utc", /there is no such/, "did you mean UTC?"],
  // JavaScript takes these three, and reads the last as Bangladesh.
  ["PST", /there is no such/, undefined],
  ["IST", /there is no such/, undefined],
  ["BST", /there is no such/, undefined],
  ["CEST", /there is no such/, undefined],
  ["+02:00", /a distance from UTC/, expect.stringContaining("name a place")],
  ["UTC+2", /a distance from UTC/, expect.stringContaining("name a place")],
  ["Local", /the machine's own/, undefined],
  ["", /there is no such/, undefined],
  ["Europe/Berlin ", /there is no such/, "did you mean Europe/Berlin?"],
])("%j is none", (name, reason, next) => {
  const problem = timeZoneProblem(name);
  expect(problem?.reason).toMatch(reason);
  expect(problem?.next).toEqual(next);
});

test("two names of one zone are the same, and no name is the same as nonsense", () => {
  expect(isSameTimeZone("UTC", "Etc/UTC")).toBe(true);
  expect(isSameTimeZone("US/Eastern", "America/New_York")).toBe(true);
  expect(isSameTimeZone("UTC", "Europe/London")).toBe(false);
  expect(isSameTimeZone("Nowhere", "Nowhere")).toBe(false);
});
