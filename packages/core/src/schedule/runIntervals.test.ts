import { describe, expect, it, test } from "vitest";
import { parseCron } from "./cron.js";
import { runIntervals, runsOfYears } from "./runIntervals.js";

const read = (text: string, timeZone = "UTC") => ({ cron: parseCron(text), timeZone });

describe("how much can be lost between two runs", () => {
  test.each([
    ["0 * * * *", 60, 60],
    ["0 */5 * * *", 300, 240],
    ["0 2 * * *", 1440, 1440],
    ["0 2 * * MON-FRI", 4320, 1440],
    ["0 2 * * SUN", 10_080, 10_080],
    ["0 2 1 * *", 31 * 1440, 28 * 1440],
  ])("%s", (text, longest, shortest) => expect(runIntervals(read(text))).toEqual({ longest, shortest }));
  it("counts the hour that is set back", () =>
    expect(runIntervals(read("0 2 * * *", "America/New_York"))).toEqual({ longest: 1500, shortest: 1380 }));
  it("knows the distance of what comes once in four years", () => expect(runsOfYears(read("0 2 29 2 *"))).toHaveLength(2));
});
