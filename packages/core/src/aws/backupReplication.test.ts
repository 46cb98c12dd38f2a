import { describe, expect, test } from "vitest";
import { kmsKeyArnProblem, replicationProblems } from "./backupReplication.js";

const sourceInstanceArn = "arn:aws:rds:eu-central-1:123456789012:db:orders";
const keyIn = (region: string) => `arn:aws:kms:${region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const wrong = (facts: Parameters<typeof replicationProblems>[0]) =>
  replicationProblems(facts).map(({ where, reason }) => `${where}: ${reason}`);

describe("a replication to another Region", () => {
  test("with its key there is right", () => {
    expect(wrong({ sourceInstanceArn, destinationRegion: "eu-west-1", kmsKeyArn: keyIn("eu-west-1") })).toEqual([]);
  });

  test("is none in the instance's own Region", () => {
    expect(wrong({ sourceInstanceArn, destinationRegion: "eu-central-1" })).toEqual([
      "destinationRegion: this is the Region of the instance: what loses the one loses the other",
    ]);
  });

  test("does not leave the partition", () => {
    expect(wrong({ sourceInstanceArn, destinationRegion: "us-gov-west-1" })).toEqual([
      "destinationRegion: this Region is in the partition aws-us-gov, the instance in aws, and RDS replicates inside one only",
    ]);
  });

  test("takes no key of the source's Region", () => {
    expect(wrong({ sourceInstanceArn, destinationRegion: "eu-west-1", kmsKeyArn: keyIn("eu-central-1") })).toEqual([
      "kmsKeyArn: this key is in eu-central-1, and what is stored in eu-west-1 is encrypted there",
    ]);
  });

  test("is not judged by what is not known yet", () => {
    expect(wrong({})).toEqual([]);
    expect(wrong({ destinationRegion: "eu-west-1" })).toEqual([]);
    expect(wrong({ kmsKeyArn: keyIn("eu-west-1") })).toEqual([]);
  });
});

describe("the ARN of a KMS key", () => {
  test.each([
    [keyIn("eu-west-1"), undefined],
    ["arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab", undefined],
    [
      "arn:aws:kms:eu-west-1:123456789012:alias/backups",
      "this is an alias, which can come to mean another key: what was encrypted stays with the first",
    ],
    ["1234abcd-12ab-34cd-56ef-1234567890ab", "this is not the ARN of a KMS key"],
    ["arn:aws:rds:eu-west-1:123456789012:db:orders", "this is not the ARN of a KMS key"],
  ])("%s", (text, problem) => expect(kmsKeyArnProblem(text)).toBe(problem));
});
