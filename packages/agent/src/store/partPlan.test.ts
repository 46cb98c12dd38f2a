import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maximumPartsOf, planParts } from "./partPlan.js";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

describe("part sizes", () => {
  it("reach 80 GB without a guess", () => expect(planParts().capacity).toBeGreaterThan(80e9));

  it.each([
    [0, 8, 3],
    [1 * GIB, 8, 3],
    [10 * GIB, 13, 2],
    [50 * GIB, 16, 2],
    [1024 * GIB, 132, 1],
  ])("%d expected bytes: parts of %d MiB, %d in flight", (expected, mib, inFlight) => {
    const plan = planParts(expected);
    expect(plan.bytesOf(1) / MIB).toBe(mib);
    expect(plan.inFlight(1)).toBe(inFlight);
  });

  it("are equal while the guess holds, and hold 1.4 times of it", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 * GIB }), fc.constantFrom(1_000, 10_000), (expected, maximumParts) => {
        const plan = planParts(expected, maximumParts);
        const parts = Math.max(1, Math.ceil(expected / plan.bytesOf(1)));
        if (plan.bytesOf(1) === 5 * GIB) return; // beyond what the largest parts can hold
        expect(parts).toBeLessThanOrEqual(maximumParts);
        expect(plan.bytesOf(parts)).toBe(plan.bytesOf(1));
        expect(plan.capacity).toBeGreaterThanOrEqual(Math.min(expected * 1.2, maximumParts * 5 * GIB));
      }),
    ));

  it("capacity is the sum of all parts", () => {
    const plan = planParts(3 * GIB, 1_000);
    expect(Array.from({ length: 1_000 }, (_, part) => plan.bytesOf(part + 1)).reduce((sum, bytes) => sum + bytes)).toBe(plan.capacity);
  });

  it("stay within 64 MiB of memory, grown ones too, up to a guess of 250 GB", () => {
    for (const expected of [0, 20 * GIB, 250e9 / 4]) {
      const plan = planParts(expected);
      for (const part of [1, 8_001]) expect((plan.inFlight(part) + 1) * plan.bytesOf(part)).toBeLessThanOrEqual(64 * MIB);
    }
  });
});

it("knows the server that takes 1,000 parts only", () => {
  expect(maximumPartsOf("s3.fr-par.scw.cloud")).toBe(1_000);
  expect(maximumPartsOf("notscw.cloud")).toBe(10_000);
  expect(maximumPartsOf(undefined)).toBe(10_000);
});
