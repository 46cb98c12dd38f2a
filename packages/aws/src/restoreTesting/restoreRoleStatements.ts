import { parseArn } from "@pgkeep/core";
import type { PolicyStatement } from "../iam/policyDocument.js";
import { RESTORE_TEST_MARK } from "./restoreTestingDefaults.js";

/** What AWS Backup must do in the role. */
export interface RestoreRoleNeeds {
  /** A vault's, which says partition, Region and account. */
  vaultArn: string;
  continuous: boolean;
  /** Keys of the backups; undefined where nobody named them. */
  keyArns: readonly string[] | undefined;
}

/**
 * The rights of the own role: what AWS's managed policy AWSBackupServiceRolePolicyForRestores (version 25) gives for RDS instances. It makes, tags and deletes
 * instances only by the name that restore testing gives them.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html
 */
export function restoreRoleStatements({ vaultArn, continuous, keyArns }: RestoreRoleNeeds): PolicyStatement[] {
  const arn = parseArn(vaultArn);
  if (arn === undefined) throw new Error(`this is no ARN of a backup vault: ${vaultArn}`);
  const rds = `arn:${arn.partition}:rds:${arn.region}:${arn.account}`;
  const tested = [`${rds}:db:${RESTORE_TEST_MARK}*`];
  const keys = keyArns ?? [`arn:${arn.partition}:kms:${arn.region}:${arn.account}:key/*`];
  const anyKey =
    keyArns === undefined ? { because: "nobody named the backups' keys (databaseKeyArns); each key's own policy still decides" } : {};
  const settings = ["og", "pg", "subgrp"].map((kind) => `${rds}:${kind}:*`);
  return [
    {
      sid: "FindBackups",
      actions: ["rds:DescribeDBInstances", "rds:DescribeDBSnapshots", "rds:ListTagsForResource"],
      resources: [`${rds}:db:*`, `${rds}:snapshot:*`],
      because: "AWS Backup lists instances and snapshots to find its own; it reads settings, no data",
    },
    {
      sid: "FindNetwork",
      actions: [
        "ec2:DescribeAccountAttributes",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
      ],
      resources: ["*"],
      because: "IAM knows no resource for these actions, which read settings",
    },
    {
      sid: "RestoreTestInstances",
      actions: ["rds:RestoreDBInstanceFromDBSnapshot"],
      resources: [...tested, `${rds}:snapshot:awsbackup:*`, ...settings],
      because:
        "AWS Backup names snapshots and test instances at random behind a fixed beginning; the instance brings its option, parameter and subnet group",
    },
    {
      sid: "DeleteTestInstances",
      actions: ["rds:AddTagsToResource", "rds:DeleteDBInstance"],
      resources: tested,
      because: "AWS Backup names test instances at random behind a fixed beginning, which no database of yours may have",
    },
    { sid: "FindKeys", actions: ["kms:DescribeKey"], resources: keys, ...anyKey },
    {
      sid: "UseKeysByRds",
      actions: ["kms:CreateGrant"],
      resources: keys,
      conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      ...anyKey,
    },
    ...(continuous
      ? [
          {
            sid: "RestoreToPointInTime",
            actions: ["rds:RestoreDBInstanceToPointInTime"],
            resources: [...tested, `${rds}:db:*`, `${rds}:auto-backup:*`, ...settings],
            because:
              "it names the original, which is not known here where tags choose, and changes nothing of it; RDS names automated backups at random",
          },
        ]
      : []),
  ];
}
