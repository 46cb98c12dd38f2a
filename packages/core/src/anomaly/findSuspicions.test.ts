import { describe, expect, it, test } from "vitest";
import type { z } from "zod";
import { database } from "../manifest.fixture.js";
import type { DatabaseRecord } from "../manifest.js";
import { anomalySchema } from "./anomalyConfig.js";
import { findSuspicions } from "./findSuspicions.js";
import { AnomalyKind, suspicionSchema } from "./Suspicion.js";

type Rows = Record<string, number>;
/** A database with tables of so many rows, and a dump of so many bytes. */
const shop = (tables: Rows, plainBytes = 0, name = "shop"): DatabaseRecord => ({
  ...database,
  name,
  object: { ...database.object, plainBytes },
  tables: Object.entries(tables).map(([table, rows]) => ({
    schema: "public",
    name: table,
    columns: [],
    digest: { rows, bytes: rows, hash: "0".repeat(32) },
  })),
});
const found = (before: DatabaseRecord[], now: DatabaseRecord[], thresholds: z.input<typeof anomalySchema> = {}) =>
  findSuspicions({ databases: before }, { databases: now }, anomalySchema.parse(thresholds));
/** Only what is told of tables, as `kind table`. */
const ofTables = (before: Rows, now: Rows, thresholds: z.input<typeof anomalySchema> = {}) =>
  found([shop(before)], [shop(now)], {
    ...thresholds,
    check: thresholds.check ?? (["missing-table", "emptied-table", "table-rows"] as AnomalyKind[]),
  }).map(({ kind, table }) => `${kind} ${table?.name}`);

describe("with the defaults", () => {
  test.each<[string, Rows, Rows, string[]]>([
    ["nothing changed", { orders: 5000 }, { orders: 5000 }, []],
    ["rows and tables came", { orders: 5000 }, { orders: 9000, items: 1 }, []],
    ["just as much as may be lost", { orders: 1000 }, { orders: 500 }, []],
    ["one row more than may be lost", { orders: 1000 }, { orders: 499 }, ["table-rows orders"]],
    ["a table too small to judge", { orders: 999 }, { orders: 1 }, []],
    ["a table emptied", { orders: 100 }, { orders: 0 }, ["emptied-table orders"]],
    ["a small table emptied, as a queue is", { jobs: 99 }, { jobs: 0 }, []],
    ["an empty table that stays empty", { jobs: 0 }, { jobs: 0 }, []],
    ["a table gone", { orders: 100, items: 5 }, { items: 5 }, ["missing-table orders"]],
    ["a small table gone", { orders: 99 }, {}, []],
    ["an empty table gone", { orders: 0 }, {}, []],
    ["no tables at all, before and now", {}, {}, []],
  ])("%s", (_name, before, now, expected) => expect(ofTables(before, now)).toEqual(expected));

  test.each<[string, number, number, AnomalyKind[]]>([
    ["half of the bytes", 2_000_000, 1_000_000, []],
    ["a byte less than half", 2_000_000, 999_999, [AnomalyKind.Size]],
    ["an empty dump", 1_000_000, 0, [AnomalyKind.Size]],
    ["a dump too small to judge", 999_999, 0, []],
    ["a hundred times larger, which is not looked at", 1_000_000, 100_000_000, []],
    ["from nothing to something", 0, 100_000_000, []],
  ])("%s", (_name, before, now, expected) => {
    expect(found([shop({}, before)], [shop({}, now)]).map(({ kind }) => kind)).toEqual(expected);
  });

  it("a small database that lives its life is never suspicious", () => {
    const before = shop({ users: 12, sessions: 80, orders: 700, jobs: 99 }, 400_000);
    const now = shop({ users: 11, sessions: 0, orders: 3, jobs: 0 }, 10_000);
    expect(found([before], [now])).toEqual([]);
  });

  it("a database restored from nothing is, in each way", () => {
    const before = [shop({ orders: 5000, items: 20_000 }, 9_000_000), shop({ jobs: 10 }, 0, "shop-jobs")];
    const findings = found(before, [shop({ orders: 0 }, 1000)]);
    expect(findings.map(({ reason }) => reason)).toEqual([
      "table public.orders of shop is empty; it had 5000 rows",
      "table public.items of shop is gone; it had 20000 rows",
      "database shop has 0 rows, 100 % fewer than the 25000 it had",
      "the dump of shop has 1.00 kB before compression, 99.9 % less than the 9.00 MB it had",
      "database shop-jobs is not in it; it had 1 table",
    ]);
    for (const finding of findings) expect(suspicionSchema.parse(finding)).toEqual(finding);
  });

  it("rows that many small tables lost together are noticed", () => {
    const tables = (rows: number) => Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t${index}`, rows]));
    expect(found([shop(tables(90))], [shop(tables(40))]).map(({ kind }) => kind)).toEqual([AnomalyKind.TotalRows]);
  });
});

describe("thresholds", () => {
  const { TableRows, MissingTable, EmptiedTable, TotalRows, Growth } = AnomalyKind;
  test.each<[string, Rows, Rows, z.input<typeof anomalySchema>, string[]]>([
    ["zero per cent: any loss", { orders: 1000 }, { orders: 999 }, { lostRows: 0 }, ["table-rows orders"]],
    ["zero per cent: no loss", { orders: 1000 }, { orders: 1000 }, { lostRows: 0 }, []],
    ["99 per cent", { orders: 1000 }, { orders: 10 }, { lostRows: 99 }, []],
    ["more than 99 per cent", { orders: 1000 }, { orders: 9 }, { lostRows: 99 }, ["table-rows orders"]],
    ["one row is enough", { orders: 1 }, { orders: 0 }, { emptiedFrom: 1 }, ["emptied-table orders"]],
    ["one row is enough to miss", { orders: 1 }, {}, { emptiedFrom: 1 }, ["missing-table orders"]],
    ["but none is not", { orders: 0 }, {}, { emptiedFrom: 1, lostRows: 0, leastRows: 1 }, []],
    ["gone, where only lost rows are looked at", { orders: 1000 }, {}, { check: [TableRows] }, ["table-rows orders"]],
    [
      "emptied, where only lost rows are looked at",
      { orders: 1000 },
      { orders: 0 },
      { check: [TableRows, MissingTable] },
      ["table-rows orders"],
    ],
    ["gone, where only emptied ones are looked at", { orders: 1000 }, {}, { check: [EmptiedTable] }, ["emptied-table orders"]],
    ["nothing is looked at", { orders: 1000 }, {}, { check: [] }, []],
    ["more rows than exact numbers of halves", { orders: 2 ** 52 }, { orders: 2 ** 51 }, {}, []],
  ])("%s", (_name, before, now, thresholds, expected) => expect(ofTables(before, now, thresholds)).toEqual(expected));

  it("growth, where it is looked at", () => {
    const grown = (now: number) =>
      found([shop({}, 1_000_000)], [shop({}, now)], { check: [Growth], growth: 3 }).map(({ reason }) => reason);
    expect(grown(3_000_000)).toEqual([]);
    expect(grown(3_000_001)).toEqual(["the dump of shop has 3.00 MB before compression, more than 3 times the 1.00 MB it had"]);
  });

  it("ignored tables are in no count", () => {
    const before = shop({ orders: 1000, events_2026_10: 50_000, events_2026_11: 50_000, queue: 500 });
    const now = shop({ orders: 1000, events_2026_11: 1, queue: 0 });
    expect(found([before], [now], { ignoreTables: ["shop:public.events_*", "shop:public.queue"] })).toEqual([]);
    expect(found([before], [now], { ignoreTables: ["other:public.events_*", "shop:public.queue"] }).map(({ kind }) => kind)).toEqual([
      MissingTable,
      TableRows,
      TotalRows,
    ]);
  });

  it("two tables are never taken for one", () => {
    const table = (schema: string, name: string) => ({ ...(shop({ x: 5000 }).tables[0] as DatabaseRecord["tables"][0]), schema, name });
    const before = { ...shop({}), tables: [table("a.b", "c")] };
    const now = { ...shop({}), tables: [table("a", "b.c")] };
    expect(found([before], [now]).map(({ kind }) => kind)).toEqual([MissingTable]);
  });

  test.each([
    [{ lostRows: 100 }],
    [{ lostRows: -1 }],
    [{ lostBytes: 50.5 }],
    [{ leastRows: 0 }],
    [{ growth: 1 }],
    [{ check: ["rows"] }],
    [{ check: ["size", "size"] }],
    [{ ignoreTables: ["public.events"] }],
    [{ ignoreTables: ["shop:"] }],
    [{ lostRow: 5 }],
  ])("refuses %j", (thresholds) => expect(anomalySchema.safeParse(thresholds).success).toBe(false));
});
