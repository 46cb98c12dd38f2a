import { expect, it, test } from "vitest";
import { shownName, sqlName } from "./objectName.js";

test.each([
  [["public", "orders"], "public.orders"],
  [["Schéma", "Größe_1$-x"], "Schéma.Größe_1$-x"],
  [["a.b", "c"], '"a.b".c'],
  [["a", "b.c"], 'a."b.c"'],
  [["a b", 'c"d'], '"a b"."c""d"'],
  [["a/b"], '"a/b"'],
  [[""], '""'],
])("%j is shown as %s", (parts, shown) => expect(shownName(...parts)).toBe(shown));

it("shows no two objects alike", () => {
  const parts = ["a", "b", "a.b", '"a"', '"', ".", "", "a b"];
  const names = parts.flatMap((schema) => parts.map((name) => shownName(schema, name)));
  expect(new Set(names).size).toBe(names.length);
});

it("quotes for statements whatever it is", () => expect(sqlName("public", 'x"y')).toBe('"public"."x""y"'));
