import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { findPassword } from "./passwordFile.js";

const request = { host: "db.example.org", port: 5432, database: "postgres", user: "backup" };

describe("a libpq password file", () => {
  test.each([
    ["db.example.org:5432:postgres:backup:secret", "secret"],
    ["db.example.org:5432:postgres:backup:secret\r\n", "secret"],
    ["*:*:*:*:secret", "secret"],
    ["# *:*:*:*:comment\n\n*:*:*:backup:secret", "secret"],
    ["other:*:*:*:wrong\n*:*:*:*:right", "right"],
    ["*:*:*:*:first\n*:*:*:*:second", "first"],
    ["*:*:*:*:with\\:colon\\\\and backslash", "with:colon\\and backslash"],
    ["*:*:*:*:until:here", "until"],
    ["*:*:*:*:lone\\", "lone\\"],
    ["*:*:*:*: spaces count ", " spaces count "],
    ["*:*:*:*:\n*:*:*:*:second", undefined], // libpq stops at the first line that fits
    ["*:*:*:\\*:wrong", undefined], // an escaped asterisk is an asterisk
    ["*:5433:*:*:wrong", undefined],
    ["*:*:*:BACKUP:wrong", undefined],
    ["*:*:*:back:wrong", undefined],
    ["db.example.org:5432:postgres:backup", undefined],
    [" *:*:*:*:wrong", undefined],
    ["", undefined],
  ])("%j gives %j", (text, password) => expect(findPassword(text, request)).toBe(password));

  it("needs no backslash before the colons of an IPv6 address", () => {
    for (const host of ["::1", "\\:\\:1"]) expect(findPassword(`${host}:5432:*:*:secret`, { ...request, host: "::1" })).toBe("secret");
  });

  it("knows sockets by their folder, and the usual ones as localhost", () => {
    const socket = { ...request, host: "/var/run/postgresql" };
    expect(findPassword("localhost:*:*:*:secret", socket)).toBe("secret");
    expect(findPassword("/var/run/postgresql:*:*:*:secret", socket)).toBe("secret");
    expect(findPassword("localhost:*:*:*:wrong", { ...request, host: "/srv/sockets" })).toBeUndefined();
  });

  it("gives back any name and password that were escaped into it", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !/[\r\n]/.test(value));
    fc.assert(
      fc.property(text, text, text, text, (host, database, user, password) => {
        fc.pre(!host.startsWith("#"));
        const line = [host, "5432", database, user, password]
          .map((field) => field.replace(/[\\:]/g, "\\$&").replace(/^\*$/, "\\*"))
          .join(":");
        expect(findPassword(`other:1:a:b:c\n${line}\n`, { host, port: 5432, database, user })).toBe(password);
      }),
    );
  });
});
