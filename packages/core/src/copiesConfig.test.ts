import { expect, test } from "vitest";
import { parseAgentConfig } from "./parseAgentConfig.js";
import { ProblemError } from "./problem.js";

const base = { version: 1, cluster: "shop", databases: ["shop"], store: { url: "s3://shop/backups" } };
const problemsOf = (copies: unknown, store: object = base.store) => {
  try {
    parseAgentConfig({ ...base, store, copies });
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ where, reason }) => `${where}: ${reason}`);
  }
  throw new Error("nothing was refused");
};
const copy = (url: string, name = "offsite", more: object = {}) => ({ name, store: { url, ...more } });

test("copies are stores with names and policies of their own", () => {
  const copies = [
    { ...copy("gs://shop-offsite/backups"), retention: { keepMonthly: 12 } },
    copy("s3://shop/backups", "other-server", { endpoint: "https://s3.example.org" }),
    copy("s3://shop/backups-elsewhere", "other-prefix"),
  ];
  const parsed = parseAgentConfig({ ...base, copies }).copies ?? [];
  expect(parsed.map(({ name, store, retention }) => [name, store.url, retention?.keepMonthly])).toEqual([
    ["offsite", "gs://shop-offsite/backups", 12],
    ["other-server", "s3://shop/backups", undefined],
    ["other-prefix", "s3://shop/backups-elsewhere", undefined],
  ]);
});

test.each<[string, unknown, RegExp]>([
  ["the store itself", [copy("s3://shop/backups/")], /copies\[0\]\.store\.url: .*place of store/],
  ["a place within the store", [copy("s3://shop/backups/copy")], /copies\[0\]\.store\.url: .*place of store/],
  ["a place that the store lies in", [copy("S3://shop")], /copies\[0\]\.store\.url: .*place of store/],
  ["another copy", [copy("gs://shop"), copy("gs://shop", "again")], /copies\[1\]\.store\.url: .*place of copies\[0\]/],
  ["a name that stands twice", [copy("gs://shop"), copy("gs://shop2")], /copies\[1\]\.name: entry 0 has this name already/],
  ["a name that is no part of a variable's", [copy("gs://shop", "Off Site")], /copies\[0\]\.name: this cannot name a copy/],
  ["an empty policy", [{ ...copy("gs://shop"), retention: {} }], /copies\[0\]\.retention: this policy names no rule/],
  ["a secret", [copy("gs://shop", "offsite", { keyFilename: "x" })], /copies\[0\]\.store\.keyFilename: there is no such setting/],
])("%s is refused", (_name, copies, words) => expect(problemsOf(copies)).toEqual([expect.stringMatching(words)]));
