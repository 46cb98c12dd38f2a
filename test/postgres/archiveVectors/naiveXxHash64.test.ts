import { expect, it } from "vitest";
import { naiveSums, naiveXxHash64 } from "./naiveXxHash64.js";

/** Made with the reference implementation, through Python's xxhash package: bytes i * 7 % 256. */
it.for([
  [0, "ef46db3751d8e999", "d5afba1336a3be4b"],
  [1, "e934a84adb052768", "771917c7f6ee2451"],
  [5, "8ad58ce18a6fd093", "5b181dc16e13a859"],
  [31, "0f187c62b1e722b7", "67f506790e4c2a7c"],
  [32, "91b0cb0931a8c629", "d447e0c979a17fa0"],
  [33, "931b043cf8d65b94", "e10df65d739e0fcd"],
  [100, "8e2272c08247d5db", "d0d9ee471568cc0b"],
] as const)("hashes %s bytes as the reference does", ([length, first, second]) => {
  const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 7) % 256));
  expect([0n, 1n].map((seed) => naiveXxHash64(bytes, seed).toString(16).padStart(16, "0"))).toEqual([first, second]);
});

it("sums modulo 2^64", () => expect(naiveSums([Buffer.alloc(0), Buffer.alloc(0)])).toBe("de8db66ea3b1d332ab5f74266d477c96"));
