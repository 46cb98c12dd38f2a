import { describe, expect, it, test } from "vitest";
import { bucketOf } from "./calendarBuckets.js";

test.each([
  ["2026-11-21T23:30:00Z", "UTC", ["2026-11-21 23h+00:00", "2026-11-21", "2026-W47", "2026-11", "2026"]],
  ["2026-12-31T23:30:00Z", "Europe/Berlin", ["2027-01-01 00h+01:00", "2027-01-01", "2026-W53", "2027-01", "2027"]],
  ["2026-01-01T03:00:00Z", "America/New_York", ["2025-12-31 22h-05:00", "2025-12-31", "2026-W01", "2025-12", "2025"]],
  ["2027-01-03T12:00:00Z", "UTC", ["2027-01-03 12h+00:00", "2027-01-03", "2026-W53", "2027-01", "2027"]],
  ["2027-01-04T00:00:00Z", "UTC", ["2027-01-04 00h+00:00", "2027-01-04", "2027-W01", "2027-01", "2027"]],
  ["2024-02-29T00:00:00Z", "Asia/Kolkata", ["2024-02-29 05h+05:30", "2024-02-29", "2024-W09", "2024-02", "2024"]],
])("%s in %s", (moment, timeZone, expected) => {
  const kinds = ["hour", "day", "week", "month", "year"] as const;
  expect(kinds.map((kind) => bucketOf(kind, new Date(moment), timeZone))).toEqual(expected);
});

describe("where clocks are put back", () => {
  const hours = (from: string, zone: string, step = 60) =>
    [0, 1, 2, 3].map((index) => bucketOf("hour", new Date(Date.parse(from) + index * step * 60_000), zone));

  it("the hour that comes twice is two hours, of one day", () => {
    expect(hours("2026-10-24T23:30:00Z", "Europe/Berlin")).toEqual([
      "2026-10-25 01h+02:00",
      "2026-10-25 02h+02:00",
      "2026-10-25 02h+01:00",
      "2026-10-25 03h+01:00",
    ]);
  });

  it("half an hour that comes twice is one of its own", () => {
    expect(hours("2026-04-04T14:15:00Z", "Australia/Lord_Howe", 30)).toEqual([
      "2026-04-05 01h+11:00",
      "2026-04-05 01h+11:00",
      "2026-04-05 01h+10:30",
      "2026-04-05 02h+10:30",
    ]);
  });

  it("and where they are put forward no hour is missing from the count", () => {
    expect(hours("2026-03-29T00:30:00Z", "Europe/Berlin")).toEqual([
      "2026-03-29 01h+01:00",
      "2026-03-29 03h+02:00",
      "2026-03-29 04h+02:00",
      "2026-03-29 05h+02:00",
    ]);
  });
});
