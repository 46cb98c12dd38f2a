import { expect, test } from "vitest";
import { formatSnapshotSetId, parseSnapshotSetId } from "./snapshotSetId.js";

const run = { slot: new Date("2026-11-30T02:00:00Z"), run: "4f9k2m1x" };

test.each([
  [1, "20261130t020000z-4f9k2m1x"],
  [2, "20261130t020000z-4f9k2m1x-2"],
  [10, "20261130t020000z-4f9k2m1x-10"],
])("attempt %i is %s, and reads back", (attempt, text) => {
  expect(formatSnapshotSetId({ ...run, attempt })).toBe(text);
  expect(parseSnapshotSetId(text)).toEqual({ ...run, attempt });
});

test.each([
  "",
  "20261130T020000Z-4f9k2m1x",
  "20261330t020000z-4f9k2m1x",
  "20261130t020000z-4f9k2m1x-1",
  "20261130t020000z-4f9k2m1x-02",
  "nightly",
])("%s is none", (text) => expect(parseSnapshotSetId(text)).toBeUndefined());
