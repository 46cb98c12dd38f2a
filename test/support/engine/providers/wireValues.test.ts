import { describe, expect, it } from "vitest";
import { containsUnknown, fromStruct, keepSecrets, plain, secret, toStruct, unknown } from "./wireValues.js";

const never = () => false;

describe("values between engine and provider", () => {
  it("bare themselves of secrets at any depth, and travel unchanged", () => {
    const wire = { list: [secret("a"), { deep: secret({ of: ["b"] }) }], plain: 1 };
    expect(plain(wire)).toEqual({ list: ["a", { deep: { of: ["b"] } }], plain: 1 });
    expect(fromStruct(toStruct(wire))).toEqual(wire);
  });

  it("are secret again exactly where they were, when they came through unchanged", () => {
    const before = { environment: [{ name: "P", value: secret("x") }] };
    expect(keepSecrets({ environment: [{ name: "P", value: "x" }] }, [before], never)).toEqual(before);
  });

  it("are secret as a whole when a part was and they changed", () => {
    const before = { environment: [{ name: "P", value: secret("x") }] };
    expect(keepSecrets({ environment: [] }, [before], never)).toEqual({ environment: secret([]) });
  });

  it("are secret where the provider says so, whatever the program said", () => {
    expect(keepSecrets({ password: "x", name: "y" }, [{ password: "x" }], (name) => name === "password")).toEqual({
      password: secret("x"),
      name: "y",
    });
  });

  it("are known or not at any depth", () => {
    expect(containsUnknown({ a: [{ b: unknown }] })).toBe(true);
    expect(containsUnknown({ a: [{ b: secret(unknown) }] })).toBe(true);
    expect(containsUnknown({ a: [{ b: "known" }] })).toBe(false);
  });
});
