import { execFileSync } from "node:child_process";
import { describe, expect, it, test } from "vitest";
import { DEFAULT_ENVIRONMENT_NAMES, environmentLines, environmentNameProblem, quoteEnvironmentValue } from "./environmentLines.js";

describe("a value", () => {
  test.each([
    ["plain-1.2_3", "plain-1.2_3"],
    ["", ""],
    ["with space", "'with space'"],
    ["a$b", "'a$b'"],
    ["a#b", "'a#b'"],
    ["a #b", "'a #b'"],
    ['a"b', `'a"b'`],
    ["a'b", `"a'b"`],
    [`a'b"c$d`, '"a\'b\\"c\\$d"'],
    ["a\\b", "'a\\b'"],
    ["a`b", "'a`b'"],
    // What Compose would take for the closing quote's escape.
    ["a\\", '"a\\\\"'],
  ])("%s is written as %s", (value, expected) => expect(quoteEnvironmentValue(value)).toBe(expected));

  it.each(["a\nb", "a\rb", "a\0b"])("%j is refused: a line holds one value", (value) => {
    expect(() => quoteEnvironmentValue(value)).toThrow("line break");
  });

  it.each(["a'`b", "`\\"])("%s is refused: Compose and a shell would read two", (value) => {
    expect(() => quoteEnvironmentValue(value)).toThrow("in two ways");
  });

  it("is read back by a shell, whatever it holds", () => {
    const values = ["a$b", "a'b", `a'"$b`, "a #b", "`id`", "$(id)", "~", "*", "a;b&c|d", String.raw`\'$`];
    for (const value of values) {
      const script = `V=${quoteEnvironmentValue(value)}\nprintf %s "$V"`;
      expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(value);
    }
  });
});

const values = { host: "h", port: "5432", database: "d", username: "u", password: "p w", sslMode: "require", uri: "postgresql://h/d" };

describe("the lines", () => {
  it("have libpq's names unless told otherwise", () => {
    expect(environmentLines(values, DEFAULT_ENVIRONMENT_NAMES)).toBe(
      "PGHOST=h\nPGPORT=5432\nPGDATABASE=d\nPGUSER=u\nPGPASSWORD='p w'\nPGSSLMODE=require\nDATABASE_URL=postgresql://h/d\n",
    );
  });
  it("are only those that are named, in one order whatever the declaration's", () => {
    expect(environmentLines(values, { password: "DB_PASS", host: "DB_HOST" })).toBe("DB_HOST=h\nDB_PASS='p w'\n");
  });
});

test.each([
  ["DB_HOST", undefined],
  ["_x1", undefined],
  ["1X", "not the name"],
  ["DB-HOST", "not the name"],
  ["", "not the name"],
])("the name %j: %s", (name, expected) => {
  if (expected === undefined) expect(environmentNameProblem(name)).toBeUndefined();
  else expect(environmentNameProblem(name)).toContain(expected);
});
