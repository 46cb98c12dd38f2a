import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { durationSchema, durationText, formatDuration, parseDuration } from "./duration.js";

describe("a duration", () => {
  test.each([
    ["250ms", 250],
    ["0s", 0],
    ["30s", 30_000],
    ["5m", 300_000],
    ["36h", 129_600_000],
    ["7d", 604_800_000],
  ])("%s is %i ms", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  test.each(["", "30", "s", "-1s", "1.5s", "1 s", "1S", "1s ", "1w", "999999999999999d"])("refuses %j", (text) => {
    expect(() => parseDuration(text)).toThrow("is not a duration");
  });

  it("is written in the largest unit that is exact", () => {
    expect([90_000, 300_000, 250, 0, 86_400_000, 1001].map(durationText)).toEqual(["90s", "5m", "250ms", "0s", "1d", "1001ms"]);
  });

  it("reads back as what was written", () => {
    fc.assert(fc.property(fc.nat({ max: 10 ** 14 }), (milliseconds) => parseDuration(durationText(milliseconds)) === milliseconds));
  });
});

describe("a duration for people", () => {
  test.each([
    [0, "0 ms"],
    [340.4, "340 ms"],
    [999.6, "1.0 s"],
    [12_340, "12.3 s"],
    [59_949, "59.9 s"],
    [59_960, "1 min"],
    [245_000, "4 min 5 s"],
    [3_599_600, "1 h"],
    [7_380_000, "2 h 3 min"],
    [7_199_900, "2 h"],
    [273_600_000, "3 d 4 h"],
  ])("%d ms is %s", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

  it("never says 60 of a smaller unit, and never less for more", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (milliseconds) => !/\b(60(\.0)? (s|min)|1000 ms|24 h$)/.test(tail(formatDuration(milliseconds))),
      ),
    );
  });
});

/** The smaller unit, or the only one. `24 h` up to `47 h` is meant by itself. */
function tail(text: string): string {
  const parts = text.split(" ");
  return parts.length === 4 ? parts.slice(2).join(" ") : text.replace(/^24 h$/, "");
}

describe("a duration in configuration", () => {
  const schema = durationSchema("10s", { least: "1s", reason: "for a reason" });
  it("has a default", () => expect(schema.parse(undefined)).toBe(10_000));
  it("goes both ways", () => expect(z.encode(schema, 90_000)).toBe("90s"));
  test.each([
    ["10", "this is not a duration"],
    ["0s", "this is less than 1s: for a reason"],
    ["25h", "this is more than 24h"],
    ["999999999999999d", "this is more than 24h"],
  ])("refuses %s", (text, reason) => expect(schema.safeParse(text).error?.issues[0]?.message).toContain(reason));
});
