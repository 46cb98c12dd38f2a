import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { formatSize, parseSize } from "./size.js";

describe("a size", () => {
  test.each([
    ["800B", 800],
    ["64MiB", 67_108_864],
    ["1.5GB", 1_500_000_000],
    ["1.5 GiB", 1_610_612_736],
    ["2kB", 2000],
    ["2KB", 2000],
    ["1KiB", 1024],
    ["4TB", 4_000_000_000_000],
  ])("%s is %i bytes", (text, bytes) => expect(parseSize(text)).toBe(bytes));

  test.each(["", "64", "64M", "MiB", "-1B", "1,5GB", "1e3B", "64mib", "64 MiB ", "iB", "1iB", "999999999999TB"])("refuses %j", (text) => {
    expect(() => parseSize(text)).toThrow("is not a size");
  });
});

describe("a size for people", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [12_345_678, "12.3 MB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [813_000_000, "813 MB"],
    [1.5e12, "1.50 TB"],
  ])("%d is %s", (bytes, text) => expect(formatSize(bytes)).toBe(text));

  it("is at most half a percent off, in four digits or fewer", () => {
    fc.assert(
      fc.property(fc.nat({ max: 9e14 }), (bytes) => {
        const text = formatSize(bytes);
        expect(text).toMatch(/^\d{1,3}(\.\d{1,2})? [kMGT]?B$/);
        expect(Math.abs(parseSize(text) - bytes)).toBeLessThanOrEqual(bytes * 0.0051);
      }),
    );
  });
});
