import { parseArn } from "@pgkeep/core";
import type { PolicyStatement } from "../iam/policyDocument.js";

/** What AWS Backup must do in the role. */
export interface BackupRoleNeeds {
  /** The plan's vault, which says partition, Region and account. */
  vaultArn: string;
  /** The instances; undefined where tags choose them. */
  databaseArns: readonly string[] | undefined;
  continuous: boolean;
  /** Keys of the databases; undefined where nobody named them. */
  databaseKeyArns: readonly string[] | undefined;
  copies: readonly { vaultArn: string; keyArn?: string | undefined }[];
}

/** AWS Backup names each snapshot after its job. */
const NAMED_AFTER_JOB = "AWS Backup names each snapshot awsbackup:job-… after its job";

/**
 * The rights of the own role: what AWS's managed policy AWSBackupServiceRolePolicyForBackup (version 29) gives for RDS instances, without its other
 * services, and only on these databases, on snapshots that AWS Backup made, and into these vaults.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
 */
export function backupRoleStatements(needs: BackupRoleNeeds): PolicyStatement[] {
  const place = placeOf(needs.vaultArn);
  const databases = needs.databaseArns ?? [`${place.rds}:db:*`];
  const chosen = needs.databaseArns === undefined ? { because: "tags choose the databases, so their names are not known here" } : {};
  const snapshots = `${place.rds}:snapshot:awsbackup:*`;
  return [
    {
      sid: "FindDatabases",
      actions: ["rds:DescribeDBInstances", "rds:DescribeDBSnapshots", "rds:ListTagsForResource"],
      resources: [`${place.rds}:db:*`, `${place.rds}:snapshot:*`],
      because: "AWS Backup lists instances and snapshots to find its own; it reads settings, no data",
    },
    {
      sid: "FindByTag",
      actions: ["tag:GetResources"],
      resources: ["*"],
      because: "IAM knows no resource for it; AWS Backup refuses a selection without it",
    },
    {
      sid: "TakeSnapshots",
      actions: ["rds:CreateDBSnapshot"],
      resources: [...databases, snapshots],
      because: [...(chosen.because === undefined ? [] : [chosen.because]), NAMED_AFTER_JOB].join("; "),
    },
    {
      sid: "KeepSnapshots",
      actions: ["rds:AddTagsToResource", "rds:DeleteDBSnapshot"],
      resources: [snapshots],
      // DeleteDBSnapshot also for copies of continuous backups, which leave a snapshot behind for good otherwise.
      because: NAMED_AFTER_JOB,
    },
    // What a change adds stands last, so that a preview shows it and nothing else.
    ...keyStatements(needs, place),
    ...copyStatements(needs, place),
    ...(needs.continuous ? continuousStatements(place.rds, databases, chosen) : []),
  ];
}

interface Place {
  partition: string;
  region: string;
  account: string;
  /** Beginning of each ARN of RDS here. */
  rds: string;
}

function placeOf(vaultArn: string): Place {
  const arn = parseArn(vaultArn);
  if (arn === undefined) throw new Error(`this is no ARN of a backup vault: ${vaultArn}`);
  const { partition, region, account } = arn;
  return { partition, region, account, rds: `arn:${partition}:rds:${region}:${account}` };
}

function continuousStatements(rds: string, databases: readonly string[], chosen: Pick<PolicyStatement, "because">): PolicyStatement[] {
  return [
    // AWS Backup sets the instance's own retention to the rule's.
    { sid: "KeepContinuously", actions: ["rds:ModifyDBInstance"], resources: databases, ...chosen },
    {
      sid: "EndContinuousBackups",
      actions: ["rds:AddTagsToResource", "rds:DeleteDBInstanceAutomatedBackup"],
      resources: [`${rds}:auto-backup:*`],
      because: "RDS names automated backups by a random id",
    },
  ];
}

function copyStatements({ vaultArn, copies }: BackupRoleNeeds, { partition, region, account }: Place): PolicyStatement[] {
  const own: PolicyStatement = { sid: "FindVault", actions: ["backup:DescribeBackupVault"], resources: [vaultArn] };
  if (copies.length === 0) return [own];
  const targets = unique(copies.map((copy) => copy.vaultArn));
  const regions = unique([region, ...targets.map((target) => parseArn(target)?.region ?? region)]);
  const elsewhere = targets.some((target) => parseArn(target)?.account !== account);
  return [
    { ...own, resources: [vaultArn, ...targets] },
    { sid: "CopyInto", actions: ["backup:CopyIntoBackupVault"], resources: targets },
    {
      sid: "CopyFrom",
      actions: ["backup:CopyFromBackupVault"],
      resources: ["*"],
      conditions: { "ForAllValues:ArnEquals": { "backup:CopyTargets": targets } },
      because: "each kind of backup has recovery points of another form; the condition names the vaults that they may go to",
    },
    {
      sid: "CopySnapshots",
      // To share a snapshot with another account is how it gets there.
      actions: ["rds:CopyDBSnapshot", ...(elsewhere ? ["rds:ModifyDBSnapshotAttribute"] : [])],
      resources: regions.map((one) => `arn:${partition}:rds:${one}:${account}:snapshot:awsbackup:*`),
      because: NAMED_AFTER_JOB,
    },
  ];
}

function keyStatements({ databaseKeyArns, copies }: BackupRoleNeeds, { partition, region, account }: Place): PolicyStatement[] {
  const keys = unique([
    ...(databaseKeyArns ?? [`arn:${partition}:kms:${region}:${account}:key/*`]),
    ...copies.flatMap(({ keyArn }) => (keyArn === undefined ? [] : [keyArn])),
  ]);
  const because =
    databaseKeyArns === undefined
      ? { because: "nobody named the databases' keys (databaseKeyArns); each key's own policy still decides" }
      : {};
  return [
    { sid: "FindKeys", actions: ["kms:DescribeKey"], resources: keys, ...because },
    {
      sid: "UseKeysByRds",
      actions: ["kms:CreateGrant"],
      resources: keys,
      conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      ...because,
    },
  ];
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
