import { expect, test } from "vitest";
import { describeProblem } from "../problem.js";
import { backupWindowProblems } from "./backupWindows.js";

test.each([
  [60, 120],
  [60, 1440],
  [480, 540],
  [undefined, 120],
  [60, undefined],
  [undefined, undefined],
])("a job has %s minutes to begin and %s to end", (start, completion) =>
  expect(backupWindowProblems("rules[0]", start, completion)).toEqual([]),
);

test.each([
  [59, 180, /^rules\[0\].startWindowMinutes: AWS Backup needs at least an hour to begin in\n {2}received: 59/],
  [60, 119, /^rules\[0\].completionWindowMinutes: a job must have at least an hour beyond[\s\S]*minutes, 120 or more/],
  [480, 539, /minutes, 540 or more/],
  [undefined, 119, /minutes, 120 or more/],
  [90.5, 300, /a whole number of minutes/],
])("not %s minutes to begin and %s to end", (start, completion, told) =>
  expect(backupWindowProblems("rules[0]", start, completion).map(describeProblem).join("\n")).toMatch(told),
);
