import { expect, it } from "vitest";
import { closingLine, countOf } from "./runTests.mjs";

const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, success: false };
const file = (status: string, tests: number) => ({ status, assertionResults: Array.from({ length: tests }, () => ({})) });

it("counts a test file that could not be loaded as failed, and a planned test as skipped", () => {
  const count = countOf({ ...report, testResults: [file("passed", 8), file("failed", 1), file("failed", 0)] });
  expect(count).toEqual({ passed: 5, failed: 2, skipped: 3 });
  expect(closingLine(count)).toBe("5 passed, 2 failed, 3 skipped");
});
