import { expect, it } from "vitest";
import { goDuration } from "./goDuration.js";

it.each([
  ["30d", "720h0m0s"],
  ["1h", "1h0m0s"],
  ["90s", "0h1m30s"],
  ["10m", "0h10m0s"],
  ["1500ms", "0h0m1.5s"],
])("%s is %s to Go", (text, expected) => {
  expect(goDuration(text)).toBe(expected);
});
