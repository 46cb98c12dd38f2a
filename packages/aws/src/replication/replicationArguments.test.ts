import { describe, expect, test } from "vitest";
import type { BackupReplicationArgs } from "./BackupReplicationArgs.js";
import { replicationArgumentProblems } from "./replicationArguments.js";

const right: BackupReplicationArgs = {
  sourceInstanceArn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
  destinationRegion: "eu-west-1",
};
const wrong = (args: Partial<BackupReplicationArgs>) =>
  replicationArgumentProblems({ ...right, ...args }).map(({ where, reason }) => `${where}: ${reason}`);

test("an instance and another Region are enough", () => expect(wrong({})).toEqual([]));

describe("the days that backups are kept", () => {
  test.each([
    [0, ["retentionDays: RDS keeps them for whole days"]],
    [1, []],
    [7.5, ["retentionDays: RDS keeps them for whole days"]],
    [35, []],
    [36, ["retentionDays: RDS keeps replicated backups for 35 days at most"]],
  ])("%d", (retentionDays, problems) => expect(wrong({ retentionDays })).toEqual(problems));
});

test("the Region of the instance is refused, and so is an availability zone", () => {
  expect(wrong({ destinationRegion: "eu-central-1" })).toEqual([
    expect.stringContaining("destinationRegion: this is the Region of the instance"),
  ]);
  expect(wrong({ destinationRegion: "eu-west-1a" })).toEqual([expect.stringContaining("destinationRegion: this is not the code")]);
});

test("an instance that is not encrypted has replicas that are not", () => {
  const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  expect(wrong({ kmsKeyArn })).toEqual([]);
  expect(wrong({ kmsKeyArn, sourceEncrypted: false })).toEqual([expect.stringContaining("kmsKeyArn: sourceEncrypted says")]);
});

test("a DB cluster has no replication of automated backups", () => {
  expect(wrong({ sourceInstanceArn: "arn:aws:rds:eu-central-1:123456789012:cluster:orders" })).toEqual([
    expect.stringContaining("sourceInstanceArn: this is a DB cluster"),
  ]);
});
