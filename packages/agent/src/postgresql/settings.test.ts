import fc from "fast-check";
import pg from "pg";
import { describe, expect, it, test } from "vitest";
import { compareSettings, renderSetting, splitList } from "./settings.js";

describe("a stored list", () => {
  test.each([
    ['"$user", public', ["$user", "public"]],
    ['"a ""b""",c', ['a "b"', "c"]],
    ['""', [""]],
    ["", [""]],
    ["  ", [""]],
    [' a , "b,c" ', ["a", "b,c"]],
    ['x"y', ['x"y']],
    // No list that the server could have stored: left whole, so that the server says so.
    ['"open', ['"open']],
    ["a,,b", ["a,,b"]],
    ["a,", ["a,"]],
    ["a b", ["a b"]],
  ])("%j holds %j", (value, names) => expect(splitList(value)).toEqual(names));

  it("is split into what was joined, whatever the names", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }), (names) => {
        expect(splitList(names.map((name) => pg.escapeIdentifier(name)).join(", "))).toEqual(names);
      }),
    );
  });
});

test.each([
  [{ name: "search_path", value: '"$user", public' }, `SET "search_path" TO '$user', 'public'`],
  [{ name: "Search_Path", value: "public" }, `SET "Search_Path" TO 'public'`],
  // A list, but not of quoted names: one value.
  [{ name: "DateStyle", value: "ISO, DMY" }, `SET "DateStyle" TO 'ISO, DMY'`],
  [{ name: "my.var", value: "it's \\ 1" }, `SET "my.var" TO E'it''s \\\\ 1'`],
])("%j is set as %s", (setting, sql) => expect(renderSetting(setting)).toBe(sql));

it("compares by role and name, and lists by what they hold", () => {
  const setting = (role: string | null, name: string, value: string) => ({ role, database: null, name, value });
  const expected = [setting(null, "TimeZone", "UTC"), setting("ä b", "search_path", "a, b"), setting("c", "work_mem", "1MB")];
  expect(
    compareSettings(expected, [
      setting("c", "work_mem", "1MB"),
      setting(null, "timezone", "UTC"),
      setting("ä b", "search_path", '"a","b"'),
    ]),
  ).toEqual([]);
  expect(
    compareSettings(expected, [setting(null, "TimeZone", "CET"), setting("ä b", "search_path", "b, a"), setting("d", "work_mem", "1MB")]),
  ).toEqual([
    "setting TimeZone: CET, was UTC",
    'setting search_path of role "ä b": b, a, was a, b',
    "setting work_mem of role c: missing, was 1MB",
    "setting work_mem of role d: 1MB, was not set",
  ]);
});
