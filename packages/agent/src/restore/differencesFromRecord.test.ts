import { expect, it } from "vitest";
import { differencesFromRecord } from "./differencesFromRecord.js";

const digest = (rows: number) => ({ rows, bytes: rows * 10, hash: `hash of ${rows}` });
const table = (name: string, rows: number) => ({ schema: "public", name, columns: ["n"], digest: digest(rows) });
const contents = (tables: ReturnType<typeof table>[]) => ({
  tables,
  sequences: [],
  largeObjects: { count: 0, bytes: 0, hash: "" },
  unread: [],
});

it("a table that was backed up without its rows may be there, empty, and nothing else may", () => {
  const record = contents([table("orders", 3)]);
  const alone = new Set(["public.secret"]);
  expect(differencesFromRecord(record, contents([table("orders", 3), table("secret", 0)]), { alone })).toEqual([]);
  expect(differencesFromRecord(record, contents([table("orders", 3), table("secret", 0)]))).toEqual([
    "table public.secret: was not backed up",
  ]);
  expect(differencesFromRecord(record, contents([table("orders", 3), table("secret", 1)]), { alone })).toEqual([
    "table public.secret: was not backed up",
  ]);
  expect(differencesFromRecord(record, contents([table("orders", 3), table("other", 0)]), { alone })).toEqual([
    "table public.other: was not backed up",
  ]);
  // What the record holds with rows is never excused.
  expect(differencesFromRecord(record, contents([table("orders", 0)]), { alone: new Set(["public.orders"]) })).toEqual([
    "table public.orders: 0 rows, 3 were backed up",
  ]);
});
