import { expect, it } from "vitest";
import { LEAST_SCRATCH_MEMORY, leastDrillMemory, mebibytes } from "./drillMemory.js";

it("is that of the agent, and of its server where both are in one container", () => {
  expect([leastDrillMemory(false), leastDrillMemory(true), LEAST_SCRATCH_MEMORY].map(mebibytes)).toEqual(["256Mi", "640Mi", "384Mi"]);
});
