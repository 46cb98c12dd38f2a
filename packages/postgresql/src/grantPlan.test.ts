import { expect, it } from "vitest";
import { twoDatabases } from "./access.fixture.js";
import { planAccess } from "./accessPlan.js";
import { planGrants } from "./grantPlan.js";

const plan = planAccess({ ...twoDatabases, readOnlyRoles: [{ name: "report", databases: ["syntho-core"] }] });
const lines = (index: number) => {
  const database = plan.databases[index];
  if (database === undefined) throw new Error("no such database");
  return planGrants(database, plan).map(
    ({ kind, role, objectType, schema, privileges }) =>
      `${kind} ${role} ${objectType}${schema ? ` ${schema}` : ""}: ${privileges.join(",") || "nothing"}`,
  );
};

it("takes everything from everybody first, then lets the dump in and the reader read, now and later", () => {
  expect(lines(0)).toEqual([
    "grant public database: nothing",
    "grant public schema public: nothing",
    "grant pgkeep_dump database: CONNECT",
    "grant report database: CONNECT",
    "grant report schema public: USAGE",
    "grant report table public: SELECT",
    "grant report sequence public: SELECT",
    "default report schema: USAGE",
    "default report table: SELECT",
    "default report sequence: SELECT",
  ]);
});

it("gives a reader nothing in a database that is not named", () => {
  expect(lines(1)).toEqual([
    "grant public database: nothing",
    "grant public schema public: nothing",
    "grant pgkeep_dump database: CONNECT",
  ]);
});

it("names each grant once in a database, for its name is part of a resource's", () => {
  for (const database of plan.databases) {
    const keys = planGrants(database, plan).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

it("never says ALL, which every major reads back as something else", () => {
  for (const database of plan.databases) expect(planGrants(database, plan).flatMap(({ privileges }) => privileges)).not.toContain("ALL");
});
