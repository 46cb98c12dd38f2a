import { describe, expect, it } from "vitest";
import { holdsDeferred, knownEntries, withoutAbsent, withoutDeferred } from "./knownValues.js";

const later = Promise.resolve("later");

describe("what of a document is known", () => {
  it("is what is no Output", () => {
    expect(withoutDeferred({ a: 1, b: later, c: { d: later, e: [1, later] } })).toEqual({
      a: 1,
      b: undefined,
      c: { d: undefined, e: [1] },
    });
    expect([holdsDeferred({ a: [later] }), holdsDeferred({ a: [1], b: null })]).toEqual([true, false]);
  });
  it("is nothing where a section says nothing, and an empty list where one was given", () => {
    expect(withoutAbsent({ a: { b: undefined }, c: 0, d: [], e: { f: false } })).toEqual({ c: 0, d: [], e: { f: false } });
    expect(withoutAbsent({ a: { b: {} } })).toBeUndefined();
    expect(withoutAbsent({ a: later })).toEqual({ a: later });
  });
  it("tells a list of Outputs alone from one that is empty", () => {
    expect([knownEntries([]), knownEntries([later]), knownEntries(["a", later]), knownEntries(undefined)]).toEqual([
      [],
      undefined,
      ["a"],
      undefined,
    ]);
  });
});
