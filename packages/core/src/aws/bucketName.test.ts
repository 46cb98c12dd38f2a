import { describe, expect, it } from "vitest";
import { newBucketNameProblem, storePrefixProblem } from "./bucketName.js";

describe("the name of a bucket that is made", () => {
  it.each(["abc", "a".repeat(63), "acme-backups-1"])("%s is possible", (name) => expect(newBucketNameProblem(name)).toBeUndefined());
  it.each([
    ["ab", /3 to 63/],
    ["a".repeat(64), /3 to 63/],
    ["Acme", /lower-case/],
    ["-acme", /3 to 63/],
    ["acme.backups", /certificate/],
    ["xn--acme", /keeps this/],
    ["acme-s3alias", /keeps this/],
  ])("%s is not", (name, reason) => expect(newBucketNameProblem(name)).toMatch(reason));
});

describe("a store's prefix", () => {
  it.each(["a", "a/b", "p".repeat(255), `${"p".repeat(255)}/${"p".repeat(255)}`])("%s is possible", (prefix) =>
    expect(storePrefixProblem(prefix)).toBeUndefined(),
  );
  it.each([
    ["", /empty/],
    ["/a", /slash/],
    ["a/", /slash/],
    ["a//b", /cannot be part of a key/],
    ["a b", /cannot be part of a key/],
    [`${"p".repeat(255)}/${"p".repeat(255)}/pp`, /1024 bytes/],
  ])("%s is not", (prefix, reason) => expect(storePrefixProblem(prefix)).toMatch(reason));
});
