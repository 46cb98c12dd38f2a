import { expect, test } from "vitest";
import { passwordProblem } from "./passwordProblem.js";

test.each([
  ["correct horse battery staple", undefined],
  [`$#'"!@:/?&=%+ü`, undefined],
  ["a`b", undefined],
  ["a`b'c", "in two ways"],
  ["", "could never connect"],
  ["a\0b", "a NUL"],
  ["a\nb", "a line break"],
  ["a\rb", "a line break"],
  ["a\\b", "a backslash, which the provider would double"],
  ["null", "no password"],
  ["NULL", "no password"],
  ["nullable", undefined],
  [`md5${"0".repeat(32)}`, "a verifier"],
  ["md5 is old", undefined],
  ["SCRAM-SHA-256$4096:x$y:z", "a verifier"],
])("a password %j: %s", (password, expected) => {
  if (expected === undefined) expect(passwordProblem(password)).toBeUndefined();
  else expect(passwordProblem(password)).toContain(expected);
});
