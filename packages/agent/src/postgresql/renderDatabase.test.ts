import type { DatabaseProperties } from "@pgkeep/core";
import { describe, expect, it, test } from "vitest";
import { createDatabaseStatement, renderDatabaseProperties } from "./renderDatabase.js";

const base: DatabaseProperties = {
  owner: "o",
  encoding: "UTF8",
  localeProvider: "libc",
  collate: "C",
  ctype: "C.utf8",
  locale: null,
  icuRules: null,
  tablespace: "pg_default",
  connectionLimit: -1,
  isTemplate: false,
  comment: null,
  acl: null,
  settings: [],
  monetaryLocale: "C",
};
const icu = { localeProvider: "icu" as const, locale: "de" };
const builtin = { localeProvider: "builtin" as const, locale: "C.UTF-8" };

describe("CREATE DATABASE", () => {
  test.each<[number, Partial<DatabaseProperties>, string]>([
    [14, {}, "LC_COLLATE = 'C' LC_CTYPE = 'C.utf8'"],
    [15, {}, "LOCALE_PROVIDER = libc LC_COLLATE = 'C' LC_CTYPE = 'C.utf8'"],
    [15, icu, "LOCALE_PROVIDER = icu LC_COLLATE = 'C' LC_CTYPE = 'C.utf8' ICU_LOCALE = 'de'"],
    [
      16,
      { ...icu, icuRules: "&a<'b" },
      "LOCALE_PROVIDER = icu LC_COLLATE = 'C' LC_CTYPE = 'C.utf8' ICU_LOCALE = 'de' ICU_RULES = '&a<''b'",
    ],
    [17, builtin, "LOCALE_PROVIDER = builtin LC_COLLATE = 'C' LC_CTYPE = 'C.utf8' BUILTIN_LOCALE = 'C.UTF-8'"],
    [18, { ...builtin, collate: null, ctype: null }, "LOCALE_PROVIDER = builtin BUILTIN_LOCALE = 'C.UTF-8'"],
  ])("for %i of %j", (targetMajor, change, clauses) => {
    expect(createDatabaseStatement('d"', { ...base, ...change }, { targetMajor })).toBe(
      `CREATE DATABASE "d""" WITH TEMPLATE = template0 OWNER = "o" ENCODING = 'UTF8' ${clauses};`,
    );
  });

  test.each<[number, Partial<DatabaseProperties>, RegExp]>([
    [14, icu, /icu provider.*does not have[\s\S]*15 or newer/],
    [15, { ...icu, icuRules: "&a<b" }, /icu provider with rules of its own[\s\S]*16 or newer/],
    [16, builtin, /builtin provider[\s\S]*17 or newer/],
  ])("is refused for %i of %j", (targetMajor, change, message) => {
    expect(() => createDatabaseStatement("d", { ...base, ...change }, { targetMajor })).toThrow(message);
  });

  it("takes the owner and the tablespace that are chosen, none, or the recorded ones", () => {
    const create = (options: object) => createDatabaseStatement("d", { ...base, tablespace: "fast" }, { targetMajor: 18, ...options });
    expect(create({})).toMatch(/OWNER = "o".* TABLESPACE = "fast";$/);
    expect(create({ owner: "p", tablespace: "slow" })).toMatch(/OWNER = "p".* TABLESPACE = "slow";$/);
    expect(create({ owner: null, tablespace: null })).not.toMatch(/OWNER|TABLESPACE/);
  });
});

it("renders nothing for a database with nothing special", () => expect(renderDatabaseProperties("d", base)).toEqual([]));
