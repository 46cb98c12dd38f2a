import { expect, it } from "vitest";
import { deadline } from "./deadline.js";

it.each([
  ["1s", 1000],
  ["90m", 5_400_000],
  ["6h", 21_600_000],
  ["7d", 604_800_000],
])("takes %s", (text, milliseconds) => expect(deadline(text)).toBe(milliseconds));

it.each(["999ms", "0s", "8d", "169h", "6", "6 h", "", "soon", "-1h"])("refuses %j, and says what would do", (text) =>
  expect(() => deadline(text)).toThrow("1s to 7d, for example 6h"),
);
