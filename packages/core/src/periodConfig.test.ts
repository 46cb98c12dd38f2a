import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { configurationProblems } from "./configurationProblems.js";
import { periodSchema } from "./periodConfig.js";

describe("a period in configuration", () => {
  const schema = periodSchema();

  test.each([
    ["1h", 3_600_000],
    ["60m", 3_600_000],
    ["36h", 129_600_000],
    ["30d", 2_592_000_000],
    ["3650d", 315_360_000_000],
  ])("%s is %i ms", (text, milliseconds) => expect(schema.parse(text)).toBe(milliseconds));

  test.each([
    ["30", "this is not a period: write a whole number and a unit (m, h, d)"],
    ["1.5d", "this is not a period"],
    ["-1d", "this is not a period"],
    ["30 d", "this is not a period"],
    ["3600s", "this is not a period"],
    ["4w", "weeks, months and years are not read here"],
    ["59m", "this is less than 1h"],
    ["0d", "this is less than 1h"],
    ["3651d", "this is more than 3650d"],
    ["999999999999999d", "this is more than 3650d"],
  ])("refuses %s and says what is allowed", (text, reason) => {
    const [problem] = configurationProblems(schema.safeParse(text).error?.issues ?? [], text, []);
    expect(problem).toMatchObject({ received: JSON.stringify(text), allowed: "1h to 3650d, for example 30d" });
    expect(problem?.reason).toContain(reason);
  });

  it("refuses a number, which has no unit", () => expect(schema.safeParse(30).success).toBe(false));

  it("goes both ways", () => {
    expect(z.encode(schema, 129_600_000)).toBe("36h");
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 3650 * 24 * 60 }), (minutes) => {
        expect(schema.parse(z.encode(schema, minutes * 60_000))).toBe(minutes * 60_000);
      }),
    );
  });
});
