import { expect, test } from "vitest";
import { overallVerdict, Verdict } from "./verdict.js";

const { Pass, Fail, CouldNotVerify } = Verdict;

test.each([
  [[], CouldNotVerify],
  [[Pass], Pass],
  [[Pass, Pass], Pass],
  [[Pass, CouldNotVerify], CouldNotVerify],
  [[CouldNotVerify, Fail], Fail],
  [[Fail, Pass], Fail],
])("checks %j together are %s", (verdicts, expected) => {
  expect(overallVerdict(verdicts.map((verdict) => ({ verdict })))).toBe(expected);
});
