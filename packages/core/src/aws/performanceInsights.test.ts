import { describe, expect, test } from "vitest";
import { performanceInsightsProblem } from "./performanceInsights.js";

describe("days of Performance Insights", () => {
  test.each([0, 6, 8, 30, 32, 714, 730, 732, 744, -31])("%s is refused", (days) =>
    expect(performanceInsightsProblem(days)).toBe("Performance Insights keeps 7 days, 1 to 23 months of 31 days, or two years"),
  );
  test.each([7, 31, 62, 713, 731])("%s is taken", (days) => expect(performanceInsightsProblem(days)).toBeUndefined());
});
