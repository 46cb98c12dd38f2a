import { expect, test } from "vitest";
import { prunerPolicy } from "./prunerPolicy.js";

test("whoever prunes removes snapshots of the series, in the instance's Region and account", () => {
  const policy = prunerPolicy({ partition: "aws-cn", region: "cn-north-1", account: "123456789012", identifier: "orders" }, "shop");
  expect(JSON.parse(policy).Statement).toEqual([
    {
      Sid: "SeeManualSnapshots",
      Effect: "Allow",
      Action: ["rds:DescribeDBSnapshots"],
      Resource: ["arn:aws-cn:rds:cn-north-1:123456789012:snapshot:*", "arn:aws-cn:rds:cn-north-1:123456789012:db:*"],
    },
    {
      Sid: "RemoveSnapshotsOfTheSeries",
      Effect: "Allow",
      Action: ["rds:DeleteDBSnapshot"],
      Resource: ["arn:aws-cn:rds:cn-north-1:123456789012:snapshot:*"],
      Condition: { StringEquals: { "aws:ResourceTag/pgkeep:pre-deploy": "shop" } },
    },
  ]);
});
