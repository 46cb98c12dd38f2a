import { describe, expect, test } from "vitest";
import { parseArn } from "./parseArn.js";

describe("an ARN", () => {
  test.each([
    [
      "arn:aws:rds:eu-central-1:123456789012:db:orders",
      { partition: "aws", service: "rds", region: "eu-central-1", account: "123456789012", resource: "db:orders" },
    ],
    ["arn:aws-cn:s3:::backups/points/*", { partition: "aws-cn", service: "s3", region: "", account: "", resource: "backups/points/*" }],
    [
      "arn:aws:iam::aws:policy/ReadOnlyAccess",
      { partition: "aws", service: "iam", region: "", account: "aws", resource: "policy/ReadOnlyAccess" },
    ],
    ["arn:aws:rds:eu-central-1:1234:db:orders", undefined],
    ["orders", undefined],
    ["", undefined],
  ])("%s", (text, expected) => expect(parseArn(text)).toEqual(expected));
});
