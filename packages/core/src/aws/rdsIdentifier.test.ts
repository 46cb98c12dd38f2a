import { describe, expect, test } from "vitest";
import { rdsDatabaseNameProblem, rdsIdentifierProblem, rdsMasterUserProblem, rdsPasswordProblem } from "./rdsIdentifier.js";

describe("an instance's identifier", () => {
  test.each([
    ["a", undefined],
    ["orders-16", undefined],
    ["a".repeat(63), undefined],
    ["a".repeat(64), "this has 64 characters, and RDS takes at most 63"],
    ["", "this is empty"],
    ["1orders", "the first character must be a small letter"],
    ["-orders", "the first character must be a small letter"],
    ["Orders", "the first character must be a small letter"],
    ["ordersDb", "RDS takes small letters, digits and hyphens"],
    ["orders_db", "RDS takes small letters, digits and hyphens"],
    ["orders--db", "RDS takes no two hyphens in a row"],
    ["orders-", "RDS takes no hyphen at the end"],
  ])("%s: %s", (text, problem) => expect(rdsIdentifierProblem(text)).toBe(problem));
});

describe("a master user", () => {
  test.each([
    ["postgres", undefined],
    ["u", undefined],
    ["u".repeat(63), undefined],
    ["u".repeat(64), "this has 64 characters, and RDS takes at most 63"],
    ["1user", "a master user's name is a letter, then letters, digits and underscores"],
    ["a-user", "a master user's name is a letter, then letters, digits and underscores"],
    ["rdsadmin", "this name is reserved by RDS or by PostgreSQL"],
    ["Admin", "this name is reserved by RDS or by PostgreSQL"],
    ["pg_user", "this name is reserved by RDS or by PostgreSQL"],
  ])("%s: %s", (text, problem) => expect(rdsMasterUserProblem(text)).toBe(problem));
});

describe("a master password", () => {
  test.each([
    ["1234567", "RDS takes passwords of 8 to 128 characters"],
    ["12345678", undefined],
    ["x".repeat(128), undefined],
    ["x".repeat(129), "RDS takes passwords of 8 to 128 characters"],
    ["with space 1", 'RDS takes printable ASCII without spaces, /, " and @'],
    ["at@example1", 'RDS takes printable ASCII without spaces, /, " and @'],
    ["pässword12", 'RDS takes printable ASCII without spaces, /, " and @'],
  ])("%s: %s", (text, problem) => expect(rdsPasswordProblem(text)).toBe(problem));
});

describe("the first database", () => {
  test.each([
    ["shop", undefined],
    ["_shop", undefined],
    ["s".repeat(63), undefined],
    ["s".repeat(64), "this has 64 characters, and RDS takes at most 63"],
    ["syntho-core", "RDS takes a letter or an underscore, then letters, digits and underscores"],
    ["postgres", "a database of this name is there anyway"],
  ])("%s: %s", (text, problem) => expect(rdsDatabaseNameProblem(text)).toBe(problem));
});
