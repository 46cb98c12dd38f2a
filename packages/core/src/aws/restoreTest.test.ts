import { describe, expect, test } from "vitest";
import { describeProblem } from "../problem.js";
import { restoreTestCountProblems, restoreTestProblems } from "./restoreTest.js";

describe("restore testing's windows", () => {
  test.each([
    [{ startWindowHours: 1, selectionWindowDays: 1, validationWindowHours: 1 }],
    [{ startWindowHours: 168, selectionWindowDays: 365, validationWindowHours: 168 }],
    [{}],
  ])("%j are taken", (values) => expect(restoreTestProblems(values)).toEqual([]));
  test.each([
    [
      { startWindowHours: 0 },
      "startWindowHours: restore testing begins within 1 to 168 hours\n  received: 0\n  allowed:  a whole number from 1 to 168",
    ],
    [{ startWindowHours: 169 }, "startWindowHours: restore testing begins within 1 to 168 hours\n  received: 169"],
    [{ selectionWindowDays: 0 }, "selectionWindowDays: restore testing looks back over 1 to 365 days"],
    [{ selectionWindowDays: 366 }, "selectionWindowDays: restore testing looks back over 1 to 365 days"],
    [{ validationWindowHours: 0 }, "validationWindowHours: a restored instance is kept for validation for 1 to 168 hours"],
    [{ validationWindowHours: 169 }, "validationWindowHours: a restored instance is kept for validation for 1 to 168 hours"],
    [{ validationWindowHours: 1.5 }, "a whole number from 1 to 168"],
  ])("%j are refused", (values, told) => expect(restoreTestProblems(values).map(describeProblem).join("\n")).toContain(told));
});

describe("restore testing's lists", () => {
  test.each([1, 30])("of %d", (count) => expect(restoreTestCountProblems("vaultArns", count, "vaults")).toEqual([]));
  test.each([0, 31])("not of %d", (count) =>
    expect(describeProblem(restoreTestCountProblems("vaultArns", count, "vaults")[0] ?? expect.fail())).toContain(
      "vaultArns: restore testing takes at most 30 vaults",
    ),
  );
});
