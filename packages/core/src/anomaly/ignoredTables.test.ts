import { expect, it, test } from "vitest";
import { isIgnoredTable } from "./ignoredTables.js";

const table = { database: "shop", schema: "public", name: "events_2026_11" };

test.each([
  ["shop:public.events_2026_11", true],
  ["shop:public.events_2026_1", false],
  ["shop:public.events_*", true],
  ["*:public.events_2026_11", true],
  ["*", true],
  ["shop:*.events_*_11", true],
  ["shop:*.events_*_12", false],
  ["shop:public.events_2026_11*", true],
  ["shop:public.events_2026_11*1", false],
  ["shop:public.events_2026*2026_11", false],
  ["shop:public.events_202._11", false],
  ["", false],
])("%s: %s", (pattern, expected) => expect(isIgnoredTable(table, [pattern])).toBe(expected));

it("no pattern takes for ever", () => {
  const name = "a".repeat(20_000);
  expect(isIgnoredTable({ database: "d", schema: "s", name }, [`d:s.${"*a".repeat(5000)}*b`])).toBe(false);
});
