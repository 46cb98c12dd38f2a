import { describe, expect, it } from "vitest";
import { policyDocument, wildcards } from "../iam/policyDocument.js";
import { type BackupRoleNeeds, backupRoleStatements } from "./backupRoleStatements.js";

const place = "eu-central-1:123456789012";
const orders = `arn:aws:rds:${place}:db:orders`;
const key = `arn:aws:kms:${place}:key/orders`;
const needs: BackupRoleNeeds = {
  vaultArn: `arn:aws:backup:${place}:backup-vault:shop`,
  databaseArns: [orders],
  continuous: false,
  databaseKeyArns: [key],
  copies: [],
};
const statements = (changes: Partial<BackupRoleNeeds>) => backupRoleStatements({ ...needs, ...changes });
const find = (changes: Partial<BackupRoleNeeds>, sid: string) => statements(changes).find((statement) => statement.sid === sid);
const actions = (changes: Partial<BackupRoleNeeds>) => statements(changes).flatMap((statement) => statement.actions);

describe("the role that AWS Backup acts in", () => {
  it("snapshots the databases named, and no other", () => {
    expect(find({}, "TakeSnapshots")?.resources).toEqual([orders, `arn:aws:rds:${place}:snapshot:awsbackup:*`]);
    expect(find({}, "UseKeysByRds")).toMatchObject({ resources: [key], conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } } });
  });

  it("has every wildcard explained", () => {
    const wide = { databaseArns: undefined, databaseKeyArns: undefined, continuous: true };
    const copies = [
      { vaultArn: "arn:aws:backup:eu-west-1:123456789012:backup-vault:shop", keyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" },
    ];
    expect(() => policyDocument(statements({ ...wide, copies }))).not.toThrow();
    expect(wildcards(statements({ ...wide, copies })).map(({ sid, wildcard }) => `${sid} ${wildcard}`)).toEqual([
      `FindDatabases arn:aws:rds:${place}:db:*`,
      `FindDatabases arn:aws:rds:${place}:snapshot:*`,
      "FindByTag *",
      `TakeSnapshots arn:aws:rds:${place}:db:*`,
      `TakeSnapshots arn:aws:rds:${place}:snapshot:awsbackup:*`,
      `KeepSnapshots arn:aws:rds:${place}:snapshot:awsbackup:*`,
      `FindKeys arn:aws:kms:${place}:key/*`,
      `UseKeysByRds arn:aws:kms:${place}:key/*`,
      "CopyFrom *",
      `CopySnapshots arn:aws:rds:${place}:snapshot:awsbackup:*`,
      "CopySnapshots arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:*",
      `KeepContinuously arn:aws:rds:${place}:db:*`,
      `EndContinuousBackups arn:aws:rds:${place}:auto-backup:*`,
    ]);
  });

  it("changes an instance only for a continuous rule, which sets its retention", () => {
    expect(actions({})).not.toContain("rds:ModifyDBInstance");
    expect(find({ continuous: true }, "KeepContinuously")).toMatchObject({ actions: ["rds:ModifyDBInstance"], resources: [orders] });
  });

  it("removes the snapshot that a copy of a continuous backup leaves behind", () =>
    expect(actions({ continuous: true })).toContain("rds:DeleteDBSnapshot"));

  it("copies only where a rule does, only into these vaults", () => {
    expect(actions({}).filter((action) => action.startsWith("backup:") || action.includes("Copy"))).toEqual(["backup:DescribeBackupVault"]);
    const target = "arn:aws:backup:eu-west-1:123456789012:backup-vault:shop";
    expect(find({ copies: [{ vaultArn: target }] }, "CopyInto")?.resources).toEqual([target]);
    expect(find({ copies: [{ vaultArn: target }] }, "CopyFrom")?.conditions).toEqual({
      "ForAllValues:ArnEquals": { "backup:CopyTargets": [target] },
    });
  });

  it("shares a snapshot only for a copy to another account", () => {
    const other = "arn:aws:backup:eu-central-1:222222222222:backup-vault:safe";
    expect(actions({ copies: [{ vaultArn: needs.vaultArn.replace("shop", "other") }] })).not.toContain("rds:ModifyDBSnapshotAttribute");
    expect(find({ copies: [{ vaultArn: other }] }, "CopySnapshots")?.actions).toContain("rds:ModifyDBSnapshotAttribute");
  });

  it("deletes no instance, restores none, and reads no data", () => {
    const all = actions({ databaseArns: undefined, continuous: true, copies: [{ vaultArn: needs.vaultArn }] });
    expect(all.filter((action) => /DeleteDBInstance$|Restore|kms:Decrypt|DeleteRecoveryPoint|PassRole/.test(action))).toEqual([]);
  });
});
