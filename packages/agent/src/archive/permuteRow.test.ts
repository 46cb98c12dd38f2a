import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { permutation, permuteRow } from "./permuteRow.js";

describe("a permutation", () => {
  it("says where each wanted column was dumped", () => expect(permutation(["a", "b", "c"], ["c", "a", "b"])).toEqual([2, 0, 1]));
  it.for([
    ["the same order", ["a", "b", "c"]],
    ["another column", ["a", "b", "d"]],
    ["fewer columns", ["b", "a"]],
    ["a column twice", ["a", "a", "b"]],
  ] as const)("is not made of %s", ([, wanted]) => expect(permutation(["a", "b", "c"], [...wanted])).toBeUndefined());
  it("is not made without a wish", () => expect(permutation(["a"], undefined)).toBeUndefined());
});

describe("a row", () => {
  const row = (text: string, order: number[]) => permuteRow(Buffer.from(text), order)?.toString();
  it("has its fields in the wanted order", () => expect(row("1\t\\N\tthree\t", [3, 2, 0, 1])).toBe("\tthree\t1\t\\N"));
  it("keeps an escaped tab with its value", () => expect(row("a\\tb\tc", [1, 0])).toBe("c\ta\\tb"));
  it.for(["1\t2", "1\t2\t3\t4", ""])("of another number of fields (%j) is not permuted", (text) =>
    expect(row(text, [1, 0, 2])).toBeUndefined(),
  );

  it("is itself again when permuted back", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(20), { minLength: 1 }), (keys) => {
        const order = keys.map((key) => keys.toSorted((a, b) => a - b).indexOf(key));
        const back = order.map((_, place) => order.indexOf(place));
        const text = keys.map((key) => `v${key}`).join("\t");
        expect(permuteRow(permuteRow(Buffer.from(text), order) ?? Buffer.alloc(0), back)?.toString()).toBe(text);
      }),
    );
  });
});
