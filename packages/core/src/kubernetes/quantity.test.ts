import { describe, expect, it } from "vitest";
import { isCpuQuantity, parseQuantity } from "./quantity.js";

describe("a quantity", () => {
  it.each([
    ["1", 1],
    ["512Mi", 512 * 2 ** 20],
    ["512M", 512e6],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["2Ti", 2 * 2 ** 40],
    ["64k", 64_000],
    ["64Ki", 65_536],
  ])("of %s is %i bytes", (text, bytes) => {
    expect(parseQuantity(text)).toBe(bytes);
  });
  // `512m` is half a byte to Kubernetes, and nobody ever means it.
  it.each(["", "0", "0Mi", "512m", "512MB", "512 Mi", "-1Mi", "1e9", "much", "512mi", "1Pi", "9999999999999999"])("is not %j", (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
  it.each(["100m", "1", "0.5", "2.25"])("of CPU is %s", (text) => {
    expect(isCpuQuantity(text)).toBe(true);
  });
  it.each(["", "0", "0m", "0.0", "1.5m", "one", "1 core", "-1"])("of CPU is not %j", (text) => {
    expect(isCpuQuantity(text)).toBe(false);
  });
});
