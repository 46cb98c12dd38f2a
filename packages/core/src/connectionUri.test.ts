import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseConnectionUri } from "./connectionUri.js";

describe("a connection URI", () => {
  test.each([
    ["postgresql://", {}],
    ["postgres://localhost", { host: "localhost" }],
    ["postgresql://localhost:5433", { host: "localhost", port: "5433" }],
    ["postgresql://localhost/mydb", { host: "localhost", database: "mydb" }],
    ["postgresql://user@localhost", { user: "user", host: "localhost" }],
    ["postgresql://user:secret@localhost", { user: "user", password: "secret", host: "localhost" }],
    ["postgresql://user:@localhost", { user: "user", password: "", host: "localhost" }],
    ["postgresql://user:a%3Ab@h", { user: "user", password: "a:b", host: "h" }],
    ["postgresql:///mydb?host=localhost&port=5433", { database: "mydb", host: "localhost", port: "5433" }],
    ["postgresql://other@localhost/otherdb?user=u&dbname=d", { host: "localhost", user: "u", database: "d" }],
    ["postgresql://[2001:db8::1234]:5434/database", { host: "2001:db8::1234", port: "5434", database: "database" }],
    ["postgresql://[::1]", { host: "::1" }],
    ["postgresql:///dbname?host=/var/lib/postgresql", { database: "dbname", host: "/var/lib/postgresql" }],
    ["postgresql://%2Fvar%2Flib%2Fpostgresql/dbname", { host: "/var/lib/postgresql", database: "dbname" }],
    ["postgresql://h/%C3%BCber%20alles", { host: "h", database: "über alles" }],
    [
      "postgresql://h?sslmode=verify-ca&sslrootcert=/ca.pem&sslcert=c&sslkey=k",
      { host: "h", sslmode: "verify-ca", sslrootcert: "/ca.pem", sslcert: "c", sslkey: "k" },
    ],
    ["postgresql://h?sslmode=&user=", { host: "h" }],
    ["postgresql://u@@h", { user: "u@", host: "h" }],
  ])("%s", (uri, expected) => expect(parseConnectionUri(uri)).toEqual(expected));

  test.each([
    ["host=db user=backup password=hunter2", "keyword form"],
    ["jdbc:postgresql://h/hunter2", "another driver"],
    ["postgresql+psycopg2://u:hunter2@h/d", "another driver"],
    ["mysql://u:hunter2@h", "not a PostgreSQL URI"],
    ["", "not a PostgreSQL URI"],
    ["postgresql://u:hunter2#x@h/d", "write # as %23"],
    ["postgresql://u:hunter2%@h", "the password holds a percent sign"],
    ["postgresql://u:hunter2@a,b/d", "several hosts are refused"],
    ["postgresql://u:hunter2@a:1,b:2/d", "several hosts are refused"],
    ["postgresql://u:hunter2@::1/d", "an IPv6 address stands in brackets"],
    ["postgresql://u:hunter2@[localhost]/d", "only an IPv6 address"],
    ["postgresql://u:hunter2@[::1/d", "an IPv6 address stands in brackets"],
    ["postgresql://u:hunter2@h/a%00b", "%00"],
    ["postgresql://h?password", "name=value"],
    ["postgresql://h?user=a=b", "name=value"],
    ["postgresql://h?schema=public", "the parameter schema is not taken over: known are"],
    ["postgresql://h?connect_timeout=5", "connection.connectTimeout"],
    ["postgresql://h?hostaddr=10.0.0.1", "write the address as the host"],
    ["postgresql://h?constructor=1", "is not taken over"],
    // An unescaped ? in a password makes the rest of it look like a parameter.
    ["postgresql://u:x?hunter2=@h/d", "the parameter after the question mark"],
  ])("%s is refused without its password being repeated", (uri, reason) => {
    expect(() => parseConnectionUri(uri)).toThrow(reason);
    expect(() => parseConnectionUri(uri)).not.toThrow("hunter2");
  });

  it("is read back as it was written", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !value.includes("\0") && value.isWellFormed());
    const host = fc.oneof(fc.constant("::1"), fc.constant("/tmp/a b"), text);
    fc.assert(
      fc.property(text, text, host, fc.integer({ min: 1, max: 65_535 }), text, (user, password, name, port, database) => {
        const place = name === "::1" ? "[::1]" : encodeURIComponent(name);
        const uri = `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${place}:${port}/${encodeURIComponent(database)}`;
        expect(parseConnectionUri(uri)).toEqual({ user, password, host: name, port: String(port), database });
      }),
    );
  });

  it("never lets a password through into an error, wherever it stands", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        try {
          parseConnectionUri(`postgresql://u:${before}hunter2${after}@h/d`);
        } catch (error) {
          expect((error as RangeError).message).not.toContain("hunter2");
        }
      }),
    );
  });
});
