import { expect, it } from "vitest";
import { HashSums } from "./HashSums.js";

it("is the same in any order, and wraps at 2^64", () => {
  const hashes: [bigint, bigint][] = [
    [-1n, 1n],
    [2n, 2n ** 63n],
    [5n, -(2n ** 63n)],
  ];
  const [there, back] = [new HashSums(), new HashSums()];
  for (const hash of hashes) there.add(hash);
  for (const hash of hashes.toReversed()) back.add(hash);
  expect(there.toHex()).toBe("00000000000000060000000000000001");
  expect(back.toHex()).toBe(there.toHex());
});

it("is 32 zeros of nothing", () => expect(new HashSums().toHex()).toBe("0".repeat(32)));

it("writes a negative sum as the unsigned number it is", () => {
  const sums = new HashSums();
  sums.add([-1n, -2n]);
  expect(sums.toHex()).toBe("fffffffffffffffffffffffffffffffe");
});
