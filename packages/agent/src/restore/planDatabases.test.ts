import { describe, expect, it } from "vitest";
import { type PlanRequest, planDatabases } from "./planDatabases.js";
import { DatabaseAction } from "./RestorePlan.js";

const request: PlanRequest = {
  available: [
    { name: "core", bytes: 1_000 },
    { name: "backend", bytes: 2_000 },
  ],
  existing: ["postgres", "core"],
  suffix: "4f9k2m1x",
  now: new Date("2026-11-21T02:00:00Z"),
};
const refusals = (change: Partial<PlanRequest>) =>
  planDatabases({ ...request, ...change }).problems.map(({ problem }) => `${problem.where} ${problem.received}: ${problem.reason}`);

it("creates what is missing and replaces what exists, once confirmed", () => {
  expect(planDatabases({ ...request, yesReplace: ["core"] })).toEqual({
    problems: [],
    databases: [
      {
        source: "core",
        target: "core",
        action: DatabaseAction.Replace,
        scratch: "core_pgkeep_4f9k2m1x",
        replacedAs: "core_replaced_20261121T020000Z",
        bytes: 1_000,
      },
      {
        source: "backend",
        target: "backend",
        action: DatabaseAction.Create,
        scratch: "backend_pgkeep_4f9k2m1x",
        replacedAs: null,
        bytes: 2_000,
      },
    ],
  });
});

it("restores a chosen database under another name without a confirmation", () => {
  const { databases, problems } = planDatabases({ ...request, databases: [{ name: "core", as: "core_yesterday" }] });
  expect(problems).toEqual([]);
  expect(databases).toMatchObject([{ source: "core", target: "core_yesterday", action: DatabaseAction.Create }]);
});

it("empties in place, or adds tables, without a scratch database", () => {
  const one = { databases: [{ name: "core" }] };
  expect(planDatabases({ ...request, ...one, inPlaceClean: true, yesReplace: ["core"] })).toMatchObject({
    problems: [],
    databases: [{ action: DatabaseAction.CleanInPlace, scratch: null, replacedAs: null }],
  });
  expect(planDatabases({ ...request, ...one, tables: ["public.users"] })).toMatchObject({
    problems: [],
    databases: [{ action: DatabaseAction.AddTables, scratch: null, replacedAs: null }],
  });
  expect(planDatabases({ ...request, databases: [{ name: "core", as: "new" }], tables: ["public.users"] }).databases).toMatchObject([
    { action: DatabaseAction.Create, scratch: "new_pgkeep_4f9k2m1x" },
  ]);
});

describe("refuses", () => {
  it("to touch an existing database without its name typed", () => {
    expect(refusals({})).toEqual([
      expect.stringMatching(/^--yes-replace nothing for this database: database core exists and it would be renamed/),
    ]);
    expect(refusals({ databases: [{ name: "core" }], inPlaceClean: true })).toEqual([
      expect.stringContaining("its contents would be dropped"),
    ]);
    expect(refusals({ yesReplace: ["Core", "core"] })).toEqual([
      expect.stringContaining("--yes-replace Core: the target has no such database"),
    ]);
    expect(refusals({ databases: [{ name: "backend" }], yesReplace: ["core"] })).toEqual([
      expect.stringContaining("not among those to be restored"),
    ]);
  });

  it("names that cannot be, all at once", () => {
    expect(
      refusals({
        databases: [
          { name: "missing" },
          { name: "core", as: "x".repeat(64) },
          { name: "core", as: "" },
          { name: "core", as: "template1" },
          { name: "core", as: "twice" },
          { name: "backend", as: "twice" },
        ],
      }),
    ).toEqual([
      "--database missing: the recovery point does not hold this database",
      expect.stringContaining("a database name of 64 bytes"),
      expect.stringContaining("a database name of 0 bytes"),
      "--as template1: every new database is copied from the templates",
      "--database twice: two databases cannot be restored under one name",
    ]);
  });

  it("what makes no sense together", () => {
    expect(refusals({ tables: ["public.users"], yesReplace: ["core"] })).toEqual([
      expect.stringContaining("--table tables of 2 databases"),
    ]);
    expect(refusals({ databases: [{ name: "backend" }], inPlaceClean: true })).toEqual([
      expect.stringContaining("no such database to empty"),
    ]);
    expect(refusals({ databases: [{ name: "core" }], tables: ["public.users"], inPlaceClean: true })).toEqual([
      expect.stringContaining("would lose the others"),
    ]);
  });
});

it("gives two replaced databases of one long name different names", () => {
  const names = ["1", "2"].map((digit) => "a".repeat(62) + digit);
  const { databases, problems } = planDatabases({
    ...request,
    available: names.map((name) => ({ name, bytes: 1 })),
    existing: names,
    yesReplace: names,
  });
  expect(problems).toEqual([]);
  expect(new Set(databases.flatMap(({ scratch, replacedAs }) => [scratch, replacedAs])).size).toBe(4);
});
