import { describe, expect, it, test } from "vitest";
import { smallest, twoDatabases } from "./access.fixture.js";
import { planAccess } from "./accessPlan.js";

it("gives each database an owner of its own, and a role that dumps", () => {
  expect(planAccess(smallest)).toEqual({
    owners: ["core_owner"],
    databases: [{ name: "core", owner: "core_owner", schemas: ["public"] }],
    logins: [
      {
        kind: "dump",
        name: "pgkeep_dump",
        declaredName: "pgkeep_dump",
        path: "dumpRole",
        memberOf: ["pg_read_all_data"],
        databases: ["core"],
        passwordGeneration: 1,
        active: true,
      },
    ],
  });
});

it("lets one login act as the one owner of two databases", () => {
  const { owners, logins } = planAccess(twoDatabases);
  expect(owners).toEqual(["syntho_owner"]);
  expect(logins[0]).toMatchObject({ name: "syntho", memberOf: ["syntho_owner"], actsAs: "syntho_owner" });
});

it("makes the restore a member of every owner, acting as none of them", () => {
  const restore = planAccess({ ...smallest, databases: [{ name: "a" }, { name: "b" }], restoreRole: {} }).logins.at(-1);
  expect(restore).toMatchObject({ name: "pgkeep_restore", memberOf: ["a_owner", "b_owner"] });
  expect(restore).not.toHaveProperty("actsAs");
});

describe("two alternating logins", () => {
  const at = (passwordGeneration: number) =>
    planAccess({ ...smallest, applications: [{ name: "web", databases: ["core"], alternateLogins: true, passwordGeneration }] })
      .logins.filter(({ kind }) => kind === "application")
      .map(({ name, passwordGeneration: generation, active }) => `${name} ${generation}${active ? " in use" : ""}`);

  test.each([
    [1, ["web_a 1 in use", "web_b 0"]],
    [2, ["web_a 1", "web_b 2 in use"]],
    [3, ["web_a 3 in use", "web_b 2"]],
    [4, ["web_a 3", "web_b 4 in use"]],
  ])("in generation %i are %j", (generation, expected) => expect(at(generation)).toEqual(expected));

  it("change one password at a time, never that in use until then", () => {
    for (let generation = 1; generation < 20; generation++) {
      const [before, after] = [at(generation), at(generation + 1)];
      const inUse = before.find((login) => login.endsWith("in use"))?.replace(" in use", "");
      expect(after).toContain(inUse);
    }
  });
});
