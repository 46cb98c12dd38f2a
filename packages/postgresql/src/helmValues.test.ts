import { expect, it, test } from "vitest";
import { parse } from "yaml";
import { helmPathProblem, helmValues, overlappingPaths } from "./helmValues.js";

const values = {
  host: "db",
  port: 5432,
  database: "core",
  username: "u",
  password: `yes: "no" #'{`,
  sslMode: "require",
  uri: "postgresql://db",
};

it("stand at their paths, side by side in one group", () => {
  const text = helmValues(values, { host: "global.database.host", port: "global.database.port", password: "global.secret\\.name.value" });
  expect(parse(text)).toEqual({
    global: { database: { host: "db", port: 5432 }, "secret.name": { value: `yes: "no" #'{` } },
  });
});

it("are texts where they are texts: a password of digits stays one", () => {
  expect(helmValues({ ...values, password: "0123" }, { password: "password" })).toBe('password: "0123"\n');
});

it("are empty without a path", () => expect(helmValues(values, {})).toBe(""));

test.each([
  ["global.host", undefined],
  ["host", undefined],
  ["a..b", "empty"],
  ["", "empty"],
  ["a[0].b", "places in lists"],
  ["__proto__.x", "not a key"],
])("the path %j: %s", (path, expected) => {
  if (expected === undefined) expect(helmPathProblem(path)).toBeUndefined();
  else expect(helmPathProblem(path)).toContain(expected);
});

test.each<[string[], [string, string] | undefined]>([
  [["a.b", "a.c"], undefined],
  [
    ["a.b", "a.b"],
    ["a.b", "a.b"],
  ],
  [
    ["a.b.c", "x", "a.b"],
    ["a.b.c", "a.b"],
  ],
  [["ab", "a.b"], undefined],
  [["a\\.b", "a.b"], undefined],
])("of %j two overlap: %j", (paths, expected) => expect(overlappingPaths(paths)).toEqual(expected));
