import { describe, expect, it, test } from "vitest";
import { databaseNameProblem, nameProblem, quoteIdentifier, quoteLiteral, roleNameProblem } from "./identifiers.js";

describe("the name of a role", () => {
  test.each([
    ["a", undefined],
    ["syntho_owner", undefined],
    ["Größe mit Leerzeichen", undefined],
    ['with "quotes"', undefined],
    ["x".repeat(63), undefined],
    ["x".repeat(64), "this has 64 bytes, and the server would cut it to 63"],
    ["ö".repeat(31), undefined],
    // 32 letters, and too long all the same: the server counts bytes.
    ["ö".repeat(32), "this has 64 bytes, and the server would cut it to 63"],
    ["", "this is empty"],
    [" x", "this begins or ends with a space"],
    ["a\0b", "this holds a control character"],
    ["a\nb", "this holds a control character"],
    ["pg_dump", "names that begin with pg_ belong to the server"],
    ["pgkeep_dump", undefined],
    ["public", "the server reserves this word"],
    ["PUBLIC", "the server reserves this word"],
    ["none", "the server reserves this word"],
    ["session_user", "in GRANT this word means whoever runs it"],
    ["postgres", "this is the name of a server's own administrator"],
    ["rds_superuser", "this is the name of a server's own administrator"],
    ["cloudsqlsuperuser", "this is the name of a server's own administrator"],
    ["azure_pg_admin", "this is the name of a server's own administrator"],
    ["rds", undefined],
  ])("%j: %s", (name, expected) => {
    if (expected === undefined) expect(roleNameProblem(name)).toBeUndefined();
    else expect(roleNameProblem(name)).toContain(expected);
  });
});

test.each([
  ["core", undefined],
  ["public", undefined],
  ["pg_things", undefined],
  ["postgres", "for its own use"],
  ["template1", "for its own use"],
  ["rdsadmin", "for its own use"],
  ["", "this is empty"],
])("the name of a database %j: %s", (name, expected) => {
  if (expected === undefined) expect(databaseNameProblem(name)).toBeUndefined();
  else expect(databaseNameProblem(name)).toContain(expected);
});

it("knows no reserved words for other objects", () => expect(nameProblem("public")).toBeUndefined());

describe("SQL text", () => {
  it("quotes names so that nothing breaks out", () =>
    expect(quoteIdentifier('a"; DROP DATABASE x; --')).toBe('"a""; DROP DATABASE x; --"'));
  test.each([
    ["plain", "'plain'"],
    ["it's", "'it''s'"],
    ["back\\slash", "E'back\\\\slash'"],
  ])("writes %s as %s", (value, expected) => expect(quoteLiteral(value)).toBe(expected));
});
