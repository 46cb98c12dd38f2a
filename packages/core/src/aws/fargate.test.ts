import { describe, expect, it } from "vitest";
import { FARGATE_CPU_UNITS, fargateSizeProblem } from "./fargate.js";

describe("the size of a Fargate task", () => {
  it.each([
    [256, [512, 1024, 2048], [511, 513, 1536, 2560, 3072]],
    [512, [1024, 2048, 3072, 4096], [512, 1023, 1536, 5120]],
    [1024, [2048, 5120, 8192], [1024, 2560, 9216]],
    [2048, [4096, 5120, 16_384], [3072, 17_408]],
    [4096, [8192, 9216, 30_720], [7168, 31_744]],
    [8192, [16_384, 20_480, 61_440], [12_288, 17_408, 65_536]],
    [16_384, [32_768, 40_960, 122_880], [24_576, 33_792, 131_072]],
  ])("%i CPU units have the memory of Amazon's table and no other", (cpu, legal, illegal) => {
    for (const memory of legal) expect(fargateSizeProblem(cpu, memory), `${memory}`).toBeUndefined();
    for (const memory of illegal) expect(fargateSizeProblem(cpu, memory), `${memory}`).toMatchObject({ property: "memory" });
  });

  it("says what would do", () => {
    expect(fargateSizeProblem(1024, 1024)).toEqual({
      property: "memory",
      reason: "Fargate has no tasks of 1024 CPU units with so much memory",
      allowed: "2048 to 8192 in steps of 1024 MiB",
    });
    expect(fargateSizeProblem(256, 1536)?.allowed).toBe("512, 1024, 2048 MiB");
    expect(fargateSizeProblem(0, 512)).toMatchObject({ property: "cpu", allowed: "256, 512, 1024, 2048, 4096, 8192, 16384" });
  });

  it("has no units but those of the table", () => {
    for (const cpu of FARGATE_CPU_UNITS) {
      expect(fargateSizeProblem(cpu - 1, 2048)).toMatchObject({ property: "cpu" });
      expect(fargateSizeProblem(cpu + 1, 2048)).toMatchObject({ property: "cpu" });
    }
  });
});
