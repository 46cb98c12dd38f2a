import { describe, expect, it } from "vitest";
import { backupRoleStatements } from "../../packages/aws/src/backupPlan/backupRoleStatements.js";
import { vaultStatements } from "../../packages/aws/src/backupPlan/vaultStatements.js";
import { policyDocument } from "../../packages/aws/src/iam/policyDocument.js";
import { restoreRoleStatements } from "../../packages/aws/src/restoreTesting/restoreRoleStatements.js";
import { drillStatements, startStatements } from "../../packages/aws/src/restoreTesting/validationStatements.js";
import { isAllowed, type PolicedRequest } from "../support/iamEvaluator.js";

const place = "eu-central-1:123456789012";
const rds = `arn:aws:rds:${place}`;
const [orders, other, tested] = ["orders", "billing", "awsbackup-restore-test-1a2b"].map((name) => `${rds}:db:${name}`) as [
  string,
  string,
  string,
];
const snapshot = `${rds}:snapshot:awsbackup:job-1`;
const vault = `arn:aws:backup:${place}:backup-vault:shop`;
const ireland = "arn:aws:backup:eu-west-1:123456789012:backup-vault:shop";
const key = `arn:aws:kms:${place}:key/11111111-2222-3333-4444-555555555555`;
const forRds = { "kms:GrantIsForAWSResource": "true" };
/** A key's own policy, as KMS makes it: it leaves the decision to IAM. */
const keyPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Sid: "Iam", Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" }],
});
const testTag = { "aws:ResourceTag/awsbackup-restore-test": "x" };

const table = (identity: string, allowed: [string, PolicedRequest][], denied: [string, PolicedRequest][], resource?: string) => {
  const answer = (request: PolicedRequest) => {
    const own = request.action.startsWith("kms:") ? keyPolicy : resource;
    return isAllowed(request, { identity, ...(own === undefined ? {} : { resource: own }) });
  };
  it.each(allowed)("may %s", async (_, request) => expect(await answer(request)).toBe(true));
  it.each(denied)("may not %s", async (_, request) => expect(await answer(request)).toBe(false));
};
const ask = (action: string, resource: string, context?: PolicedRequest["context"]): PolicedRequest => ({
  action,
  resource,
  ...(context === undefined ? {} : { context }),
});

/** Evaluated by `@cloud-copilot/iam-simulate`, which knows what IAM knows of each action: no AWS is asked. */
describe("the role that AWS Backup backs up in", () => {
  const identity = policyDocument(
    backupRoleStatements({
      vaultArn: vault,
      databaseArns: [orders],
      databaseKeyArns: [key],
      continuous: true,
      copies: [{ vaultArn: ireland }],
    }),
  );
  table(
    identity,
    [
      ["find the database", ask("rds:DescribeDBInstances", orders)],
      ["find resources by their tags", ask("tag:GetResources", "*")],
      ["snapshot the database", ask("rds:CreateDBSnapshot", orders)],
      ["name the snapshot", ask("rds:CreateDBSnapshot", snapshot)],
      ["remove its own snapshot", ask("rds:DeleteDBSnapshot", snapshot)],
      ["copy it in another Region", ask("rds:CopyDBSnapshot", "arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:copy-1")],
      ["copy into the vault there", ask("backup:CopyIntoBackupVault", ireland)],
      ["copy from the vault to there", ask("backup:CopyFromBackupVault", snapshot, { "backup:CopyTargets": [ireland] })],
      ["set the retention of the database", ask("rds:ModifyDBInstance", orders)],
      ["use the key for RDS", ask("kms:CreateGrant", key, forRds)],
    ],
    [
      ["snapshot another database", ask("rds:CreateDBSnapshot", other)],
      ["change another database", ask("rds:ModifyDBInstance", other)],
      ["delete the database", ask("rds:DeleteDBInstance", orders)],
      ["restore anything", ask("rds:RestoreDBInstanceFromDBSnapshot", snapshot)],
      ["remove a snapshot that somebody else made", ask("rds:DeleteDBSnapshot", `${rds}:snapshot:before-migration`)],
      ["share a snapshot", ask("rds:ModifyDBSnapshotAttribute", snapshot)],
      ["copy into another vault", ask("backup:CopyIntoBackupVault", ireland.replace("shop", "other"))],
      ["copy to another vault", ask("backup:CopyFromBackupVault", snapshot, { "backup:CopyTargets": [ireland.replace("shop", "other")] })],
      ["delete a recovery point", ask("backup:DeleteRecoveryPoint", snapshot)],
      ["use the key for itself", ask("kms:CreateGrant", key, { "kms:GrantIsForAWSResource": "false" })],
      ["decrypt", ask("kms:Decrypt", key)],
    ],
  );
});

describe("an administrator of the account, at a vault", () => {
  const everything = policyDocument([{ sid: "All", actions: ["*"], resources: ["*"], because: "the strongest principal there is" }]);
  const remove = ask("backup:DeleteRecoveryPoint", snapshot);
  const shorten = ask("backup:UpdateRecoveryPointLifecycle", snapshot);

  describe("without administrators of its recovery points", () => {
    table(
      everything,
      [["change the vault's policy", ask("backup:PutBackupVaultAccessPolicy", vault)]],
      [
        ["delete a recovery point", remove],
        ["shorten its retention", shorten],
      ],
      policyDocument(vaultStatements([])),
    );
  });

  describe("where others are", () => {
    const itself = { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/tested" };
    table(
      everything,
      [["look at it", ask("backup:DescribeBackupVault", vault, itself)]],
      [
        ["delete a recovery point", { ...remove, context: itself }],
        ["change the vault's policy", ask("backup:PutBackupVaultAccessPolicy", vault, itself)],
        ["remove the vault's policy", ask("backup:DeleteBackupVaultAccessPolicy", vault, itself)],
      ],
      policyDocument(vaultStatements(["arn:aws:iam::123456789012:role/backup-admin"])),
    );
  });

  describe("among whom it is", () => {
    const itself = { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/tested" };
    table(
      everything,
      [
        ["delete a recovery point", { ...remove, context: itself }],
        ["change the vault's policy", ask("backup:PutBackupVaultAccessPolicy", vault, itself)],
      ],
      [],
      policyDocument(vaultStatements(["arn:aws:iam::123456789012:role/tested"])),
    );
  });
});

describe("the role that AWS Backup restores in", () => {
  table(
    policyDocument(restoreRoleStatements({ vaultArn: vault, continuous: true, keyArns: [key] })),
    [
      ["restore a test instance", ask("rds:RestoreDBInstanceFromDBSnapshot", tested)],
      ["restore from its own snapshot", ask("rds:RestoreDBInstanceFromDBSnapshot", snapshot)],
      ["restore the database to a point in time", ask("rds:RestoreDBInstanceToPointInTime", orders)],
      ["tag the test instance", ask("rds:AddTagsToResource", tested)],
      ["delete the test instance", ask("rds:DeleteDBInstance", tested)],
      ["use the key for RDS", ask("kms:CreateGrant", key, forRds)],
    ],
    [
      ["delete the database", ask("rds:DeleteDBInstance", orders)],
      ["tag the database", ask("rds:AddTagsToResource", orders)],
      ["change the database", ask("rds:ModifyDBInstance", orders)],
      ["restore an instance of another name", ask("rds:RestoreDBInstanceFromDBSnapshot", other)],
      ["restore from somebody else's snapshot", ask("rds:RestoreDBInstanceFromDBSnapshot", `${rds}:snapshot:before-migration`)],
      ["decrypt", ask("kms:Decrypt", key)],
    ],
  );
});

describe("the drill", () => {
  table(
    policyDocument(drillStatements({ partition: "aws", region: "eu-central-1", account: "123456789012" })),
    [
      ["find the test instance", ask("rds:DescribeDBInstances", tested)],
      ["give it a new password", ask("rds:ModifyDBInstance", tested, testTag)],
      ["tell AWS Backup", ask("backup:PutRestoreValidationResult", "*")],
    ],
    [
      ["give a new password to one that only has such a name", ask("rds:ModifyDBInstance", tested)],
      ["give a new password to one that only has the tag", ask("rds:ModifyDBInstance", orders, testTag)],
      ["delete the test instance", ask("rds:DeleteDBInstance", tested, testTag)],
      ["tag anything", ask("rds:AddTagsToResource", tested, testTag)],
      ["restore anything", ask("backup:StartRestoreJob", snapshot)],
    ],
  );
});

describe("EventBridge", () => {
  const definition = `arn:aws:ecs:${place}:task-definition/drill`;
  const cluster = `arn:aws:ecs:${place}:cluster/shop`;
  const [task, admin] = ["drill", "admin"].map((name) => `arn:aws:iam::123456789012:role/${name}`) as [string, string];
  const toEcs = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
  table(
    policyDocument(
      startStatements({ taskDefinitionArnWithoutRevision: definition, taskRoleArn: task, executionRoleArn: task, clusterArn: cluster }),
    ),
    [
      ["start the drill", ask("ecs:RunTask", `${definition}:7`, { "ecs:cluster": cluster })],
      ["give it its role", ask("iam:PassRole", task, toEcs)],
    ],
    [
      ["start it elsewhere", ask("ecs:RunTask", `${definition}:7`, { "ecs:cluster": cluster.replace("shop", "other") })],
      ["start another task", ask("ecs:RunTask", `arn:aws:ecs:${place}:task-definition/drill-2:1`, { "ecs:cluster": cluster })],
      ["give it another role", ask("iam:PassRole", admin, toEcs)],
    ],
  );
});
