import { describe, expect, test } from "vitest";
import { rdsInstanceArnProblem, rdsInstanceOfArn } from "./rdsInstanceArn.js";

const arnOf = (identifier: string) => `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`;

describe("the ARN of an RDS instance", () => {
  test("tells partition, Region, account and identifier", () => {
    expect(rdsInstanceOfArn("arn:aws-cn:rds:cn-north-1:123456789012:db:orders-2")).toEqual({
      partition: "aws-cn",
      region: "cn-north-1",
      account: "123456789012",
      identifier: "orders-2",
    });
  });

  test.each([
    [arnOf("a"), undefined],
    [arnOf("a".repeat(63)), undefined],
    [arnOf("a".repeat(64)), "this is not the ARN of an RDS instance"],
    [arnOf("1orders"), "this is not the ARN of an RDS instance"],
    [arnOf("orders--2"), "this is not the ARN of an RDS instance"],
    [arnOf("orders-"), "this is not the ARN of an RDS instance"],
    [
      "arn:aws:rds:eu-central-1:123456789012:cluster:orders",
      "this is a DB cluster (Aurora, or Multi-AZ with two readable standbys), which has snapshots of its own kind and no replication of automated backups",
    ],
    ["arn:aws:rds:eu-central-1:123456789012:snapshot:orders", "this is not the ARN of an RDS instance"],
    ["arn:aws:rds::123456789012:db:orders", "this is not the ARN of an RDS instance"],
    ["arn:aws:s3:::orders", "this is not the ARN of an RDS instance"],
    ["orders", "this is no ARN"],
  ])("%s", (text, problem) => expect(rdsInstanceArnProblem(text)).toBe(problem));
});
