import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../iam/policyDocument.js";
import type { BackupVaultArgs } from "./BackupPlanArgs.js";
import { lockOf } from "./planRules.js";
import { vaultStatements } from "./vaultStatements.js";

/** A vault of a component's own. */
export interface VaultDeclaration {
  /** Of its resources, in the program. */
  name: string;
  parent: pulumi.Resource;
  vault: BackupVaultArgs;
  /** Where `vault` names none. */
  vaultName: string;
  protect: boolean;
  region?: pulumi.Input<string>;
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export interface DeclaredVault {
  arn: pulumi.Output<string>;
  name: pulumi.Output<string>;
  keyArn: pulumi.Output<string>;
}

/** Declares a vault with its key, its lock and its access policy. */
export function declareVault({ name, parent, vault, vaultName, protect, region, tags }: VaultDeclaration): DeclaredVault {
  const place = region === undefined ? {} : { region };
  const tagged = { ...place, ...(tags === undefined ? {} : { tags }) };
  const keyArn = pulumi.output(
    vault.keyArn ??
      new aws.kms.Key(
        `${name}-key`,
        { description: `AWS Backup vault ${vault.name ?? vaultName}`, enableKeyRotation: true, deletionWindowInDays: 30, ...tagged },
        { parent, protect },
      ).arn,
  );
  const made = new aws.backup.Vault(
    name,
    { name: vault.name ?? vaultName, kmsKeyArn: keyArn, forceDestroy: vault.forceDestroy ?? false, ...tagged },
    { parent, protect },
  );
  const lock = lockOf(vault);
  if (lock !== undefined) {
    const { compliance: _, ...limits } = lock;
    // The provider has no update for a lock: it puts the new one over the old one, and would then delete the old one by the vault's name, which is the new
    // one (vault_lock_configuration.go). So nothing is ever deleted: a lock is lifted by hand.
    new aws.backup.VaultLockConfiguration(
      `${name}-lock`,
      { backupVaultName: made.name, ...limits, ...place },
      { parent, retainOnDelete: true },
    );
  }
  const policy = pulumi
    .output(vault.recoveryPointAdministrators ?? [])
    .apply((administrators) => policyDocument(vaultStatements(administrators)));
  // Protected as the vault is: a destroy that the vault refuses must not have taken away before what keeps recovery points from being deleted by hand.
  new aws.backup.VaultPolicy(`${name}-policy`, { backupVaultName: made.name, policy, ...place }, { parent, protect });
  return { arn: made.arn, name: made.name, keyArn };
}
