import { describe, expect, test } from "vitest";
import { rdsRestoreTimeProblem } from "./rdsRestoreTime.js";

const now = new Date("2026-11-30T04:00:00Z");
const form = "this is no time in UTC to the second";

describe("the time to restore to", () => {
  test.each([
    ["2026-11-30T03:59:59Z", undefined],
    ["2026-11-30T04:00:00Z", undefined],
    ["2026-11-30T04:00:01Z", "this is in the future"],
    ["2020-02-29T00:00:00Z", undefined],
    ["2026-02-30T00:00:00Z", form],
    ["2026-11-30T25:00:00Z", form],
    ["2026-11-30T03:00:00+01:00", form],
    ["2026-11-30T03:00:00", form],
    ["2026-11-30 03:00:00Z", form],
    ["2026-11-30T03:00:00.000Z", form],
    ["yesterday", form],
  ])("%s: %s", (text, problem) => expect(rdsRestoreTimeProblem(text, now)).toBe(problem));
});
