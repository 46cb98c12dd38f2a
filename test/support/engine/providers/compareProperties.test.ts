import { describe, expect, it } from "vitest";
import { compareProperties, ruleFor } from "./compareProperties.js";
import type { PropertyRule } from "./ResourceKind.js";
import { unknown } from "./wireValues.js";

const rules: Record<string, PropertyRule> = {
  name: { onChange: "replace" },
  size: { onChange: "update" },
  roles: { onChange: "update", set: true },
  owner: { onChange: "update", computed: true },
  id: { onChange: "update", output: true },
  spec: { onChange: "update" },
  "spec.template": { onChange: "replace" },
};

describe("compareProperties", () => {
  it.each([
    ["nothing", { name: "a", size: 1 }, { name: "a", size: 1 }, []],
    ["a replacement", { name: "a" }, { name: "b" }, ["name update replace"]],
    ["a new property", {}, { size: 1 }, ["size add"]],
    ["a property that is gone", { size: 1 }, {}, ["size delete"]],
    ["a set in another order", { roles: ["a", "b"] }, { roles: ["b", "a"] }, []],
    ["a set by its members", { roles: ["a", "b"] }, { roles: ["b", "c"] }, ["roles[1] add", "roles[0] delete"]],
    ["nothing where the server chose and the program is silent", { owner: "postgres" }, {}, []],
    ["what the program says in place of the server's choice", { owner: "postgres" }, { owner: "app" }, ["owner update"]],
    ["nothing that only the server tells", { id: "1" }, {}, []],
    ["an unknown value", { name: "a" }, { name: unknown }, ["name update replace"]],
    [
      "parts by the longest rule that holds",
      { spec: { replicas: 1, template: { list: [{ image: "a" }] } } },
      { spec: { replicas: 2, template: { list: [{ image: "b" }] } } },
      ["spec.replicas update", "spec.template.list[0].image update replace"],
    ],
    ["a key that is no word", { spec: {} }, { spec: { "app.kubernetes.io/name": "x" } }, ['spec["app.kubernetes.io/name"] add']],
  ])("finds %s", (_, old, planned, expected) => {
    const found = compareProperties(rules, old, planned, false);
    expect(found.map(({ path, kind, replace }) => `${path} ${kind}${replace ? " replace" : ""}`)).toEqual(expected);
  });

  it("takes zero values for absent ones only where the provider cannot tell them apart", () => {
    const old = { name: "", size: 0, roles: [] };
    expect(compareProperties(rules, old, {}, true)).toEqual([]);
    expect(compareProperties(rules, old, {}, false).map(({ path }) => path)).toEqual(["name", "size", "roles"]);
  });

  it("has no rule for what nobody wrote one for", () => {
    expect(ruleFor(rules, ["spec", "anything", 3, "deep"])).toBe(rules.spec);
    expect(ruleFor(rules, ["colour"])).toBeUndefined();
  });
});
