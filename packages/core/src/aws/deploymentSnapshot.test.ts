import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deploymentKeyProblem, deploymentSnapshotIdentifier, LONGEST_DEPLOYMENT_KEY } from "./deploymentSnapshot.js";
import { rdsInstanceOfArn } from "./rdsInstanceArn.js";

/**
 * What RDS would refuse of a snapshot's identifier, or nothing.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
 */
function snapshotIdentifierProblem(identifier: string): string | undefined {
  if (identifier.length > 255) return "this is longer than 255 characters";
  if (!/^[a-z]/.test(identifier)) return "this does not begin with a letter";
  if (!/^[a-z0-9-]+$/.test(identifier)) return "this holds something else than lower-case letters, digits and hyphens";
  return /--|-$/.test(identifier) ? "this ends with a hyphen, or two follow each other" : undefined;
}

describe("the key of a deployment", () => {
  test.each([
    ["4f2c1e9", undefined],
    ["release/2026-11_v1.4.2", undefined],
    ["k".repeat(LONGEST_DEPLOYMENT_KEY - 1), undefined],
    ["k".repeat(LONGEST_DEPLOYMENT_KEY), undefined],
    ["k".repeat(LONGEST_DEPLOYMENT_KEY + 1), "this is longer than 128 characters"],
    ["", "this is empty"],
    ["two words", "this holds characters that names and tags of AWS do not take"],
    ["a::b", "this holds characters that names and tags of AWS do not take"],
    ["--", "this holds neither a letter nor a digit"],
  ])("%s", (key, problem) => expect(deploymentKeyProblem(key)).toBe(problem));
});

describe("the identifier of a snapshot", () => {
  test("is readable", () => {
    expect(deploymentSnapshotIdentifier("orders", "Release/v1.4.2", "9f3a")).toBe("orders-pre-deploy-release-v1-4-2-9f3a");
  });

  test.each([
    ["a", undefined],
    [`a${"b".repeat(254)}`, undefined],
    [`a${"b".repeat(255)}`, "this is longer than 255 characters"],
    ["1a", "this does not begin with a letter"],
    ["a--b", "this ends with a hyphen, or two follow each other"],
    ["a-", "this ends with a hyphen, or two follow each other"],
    ["a.b", "this holds something else than lower-case letters, digits and hyphens"],
    ["aB", "this holds something else than lower-case letters, digits and hyphens"],
  ])("%s", (identifier, problem) => expect(snapshotIdentifierProblem(identifier)).toBe(problem));

  test("whatever key is accepted, of whatever instance there can be, RDS takes the identifier", () => {
    const letters = (alphabet: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength });
    const instance = letters("abz019-", 62)
      .map((rest) => `o${rest}`)
      .filter((name) => rdsInstanceOfArn(`arn:aws:rds:eu-central-1:123456789012:db:${name}`) !== undefined);
    const key = letters("abzABZ019._/-", LONGEST_DEPLOYMENT_KEY).filter((text) => deploymentKeyProblem(text) === undefined);
    fc.assert(
      fc.property(instance, key, fc.stringMatching(/^[0-9a-f]{8}$/), (one, other, suffix) => {
        expect(snapshotIdentifierProblem(deploymentSnapshotIdentifier(one, other, suffix))).toBeUndefined();
      }),
    );
  });
});
