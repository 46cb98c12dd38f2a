import { expect, test } from "vitest";
import { holdsSecret, shownValue } from "./secretText.js";

test.each([
  "AGE-SECRET-KEY-1ABC",
  "age-secret-key-1abc",
  "AGE-SECRET-KEY-PQ-1ABC",
  "-----BEGIN PRIVATE KEY-----",
  "-----BEGIN OPENSSH PRIVATE KEY-----",
  "postgresql://u:p@h",
  "https://key:p/w@h",
  "host=h password=x",
])("%s is not shown", (text) => {
  expect(holdsSecret(text)).toBe(true);
  expect(shownValue({ a: [text] })).toBe("(not shown: it holds a secret)");
});

test.each(["age1abc", "postgresql://u@h:5432/d", "s3://bucket/a", "-----BEGIN PUBLIC KEY-----"])("%s is shown", (text) => {
  expect(shownValue(text)).toBe(JSON.stringify(text));
});

test("long and odd values fit on a line", () => {
  expect(shownValue("x".repeat(500))).toHaveLength(120);
  expect(shownValue("a\nb")).toBe('"a\\nb"');
  expect(shownValue(undefined)).toBe("undefined");
});
