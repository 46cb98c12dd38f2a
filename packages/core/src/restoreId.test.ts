import { describe, expect, it } from "vitest";
import { restoreIdProblem } from "./restoreId.js";

describe("the name of a restore that happens once", () => {
  it.each(["1", "incident-2026-11-30", "INC.42_b", "a".repeat(128)])("may be %s", (text) => expect(restoreIdProblem(text)).toBeUndefined());

  it.each([
    ["", /empty/],
    ["a".repeat(129), /longer/],
    ["-x", /called so/],
    ["..", /called so/],
    ["a/b", /called so/],
    ["ä", /called so/],
    ["a b", /called so/],
  ])("is not %j", (text, reason) => expect(restoreIdProblem(text)).toMatch(reason));
});
