import { describe, expect, test } from "vitest";
import { rdsRetentionProblem } from "./rdsRetention.js";

const range = "RDS keeps automated backups for whole days, 35 at most";

describe("days that backups are kept", () => {
  test.each([
    [-1, false, range],
    [0, false, "with 0 there are no automated backups, and no way back to any point in time"],
    [0, true, undefined],
    [1, false, undefined],
    [1, true, "backups are kept, yet unprotected says that none are wanted"],
    [14, false, undefined],
    [35, false, undefined],
    [36, false, range],
    [36, true, range],
    [1.5, false, range],
    [Number.NaN, false, range],
  ])("%s, unprotected %s: %s", (days, unprotected, problem) => expect(rdsRetentionProblem(days, unprotected)).toBe(problem));
});
