import type { DatabaseProperties } from "@pgkeep/core";
import { expect, it, test } from "vitest";
import { compareProperties } from "./compareProperties.js";

const base: DatabaseProperties = {
  owner: "o",
  encoding: "UTF8",
  localeProvider: "icu",
  collate: "C",
  ctype: "C",
  locale: "en_US",
  icuRules: null,
  tablespace: "pg_default",
  connectionLimit: -1,
  isTemplate: false,
  comment: null,
  acl: null,
  settings: [],
  monetaryLocale: "C",
};

test.each<[Partial<DatabaseProperties>, string[]]>([
  [{}, []],
  [{ monetaryLocale: "de_DE" }, []],
  // The standard form that PostgreSQL 16 and later store.
  [{ locale: "en-US" }, []],
  [{ locale: "de" }, ["locale: de, was en_US"]],
  [{ locale: "not a locale" }, ["locale: not a locale, was en_US"]],
  [{ owner: "p" }, ["owner: p, was o", ...ownersPrivileges("p", "o")]],
  [
    { encoding: "LATIN1", isTemplate: true, connectionLimit: 0 },
    ["encoding: LATIN1, was UTF8", "connectionLimit: 0, was -1", "isTemplate: true, was false"],
  ],
  [{ collate: "de_DE.utf8", ctype: null }, ["collate: de_DE.utf8, was C", "ctype: null, was C"]],
  [{ icuRules: "&a<b" }, ["icuRules: &a<b, was null"]],
  [{ tablespace: "fast" }, ["tablespace: fast, was pg_default"]],
  [{ comment: "it's\nnew" }, ['comment: "it\'s\\nnew", was null']],
])("%j differs in %j", (change, differences) => expect(compareProperties(base, { ...base, ...change })).toEqual(differences));

it("takes a libc locale by its letter", () => {
  const libc = { ...base, localeProvider: "libc" as const };
  expect(compareProperties(libc, { ...libc, locale: "en-US" })).toEqual(["locale: en-US, was en_US"]);
});

function ownersPrivileges(now: string, before: string): string[] {
  const lines = (owner: string, end: string) => [
    ...["CONNECT", "TEMPORARY"].map((privilege) => `privilege ${privilege} of PUBLIC, granted by ${owner}, ${end}`),
    ...["CREATE", "TEMPORARY", "CONNECT"].map((privilege) => `privilege ${privilege} of ${owner}, granted by ${owner}, ${end}`),
  ];
  return [...lines(before, "is missing"), ...lines(now, "was not there")];
}
