import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { canonicalJson } from "./canonicalJson.js";

describe("canonical JSON", () => {
  it("sorts keys by code unit, integer-like ones too", () => {
    expect(canonicalJson({ b: 1, a: { "10": 1, "9": 2, é: 3, z: 4 } })).toBe('{"a":{"10":1,"9":2,"z":4,"é":3},"b":1}');
  });

  // The example of RFC 8785, section 3.2.2 and 3.2.3.
  it("writes the example of RFC 8785 as the RFC does", () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("keeps a key named __proto__", () => expect(canonicalJson(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}'));
  it("leaves undefined out of objects and writes null in lists", () =>
    expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}'));
  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [1n], [() => 1], [Symbol("s")]])("refuses %s", (value) => {
    expect(() => canonicalJson({ value })).toThrow(TypeError);
  });

  it("means the same value, whatever the order of its keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, nested]) => [key, reversed(nested)]),
  );
}
