import { describe, expect, it } from "vitest";
import { leastDumpMemory, leastDumpMemoryText } from "./dumpMemory.js";
import { parseQuantity } from "./quantity.js";

describe("the least memory of a dump", () => {
  it.each([
    [1, "256Mi"],
    [2, "320Mi"],
    [4, "448Mi"],
    [64, "4288Mi"],
  ])("of %i databases at the same time is %s", (parallel, text) => {
    expect(leastDumpMemoryText(parallel)).toBe(text);
    expect(parseQuantity(text)).toBe(leastDumpMemory(parallel));
  });
  it("is more than the agent was measured to take", () => {
    expect(leastDumpMemory(1)).toBeGreaterThan(200_000_000);
  });
});
