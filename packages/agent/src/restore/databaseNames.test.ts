import { expect, it } from "vitest";
import { isReplacedName, isScratchName, replacedName, scratchName, scratchSuffix } from "./databaseNames.js";

const time = new Date("2026-11-21T02:00:00.500Z");

it("names scratch databases so that they are recognised and never meet", () => {
  expect(scratchName("app", "4f9k2m1x", new Set())).toBe("app_pgkeep_4f9k2m1x");
  expect(isScratchName(scratchName("app", scratchSuffix(), new Set()))).toBe(true);
  expect(new Set(Array.from({ length: 1000 }, scratchSuffix)).size).toBe(1000);
  expect(scratchName("app", "4f9k2m1z", new Set(["app_pgkeep_4f9k2m1z"]))).toBe("app_pgkeep_4f9k2m20");
  expect(isScratchName("app_pgkeep")).toBe(false);
});

it("names replaced databases by the time, with a number where that is taken", () => {
  expect(replacedName("app", time, new Set())).toBe("app_replaced_20261121T020000Z");
  const second = replacedName("app", time, new Set(["app_replaced_20261121T020000Z"]));
  expect(second).toBe("app_replaced_20261121T020000Z_2");
  expect(isReplacedName(second)).toBe(true);
  expect(isReplacedName("app_replaced_once")).toBe(false);
});

it("cuts long names to 63 bytes between characters", () => {
  for (const name of ["x".repeat(63), "é".repeat(31), `${"日".repeat(20)}abc`]) {
    const cut = scratchName(name, "4f9k2m1x", new Set());
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(63);
    expect(cut).toMatch(/_pgkeep_4f9k2m1x$/);
    expect(name.startsWith(cut.replace("_pgkeep_4f9k2m1x", ""))).toBe(true);
  }
  expect(replacedName("x".repeat(63), time, new Set([replacedName("x".repeat(63), time, new Set())]))).toHaveLength(63);
});
