import type { PolicyStatement } from "../iam/policyDocument.js";

/**
 * The access policy of a vault: recovery points are not deleted or shortened by hand. AWS Backup's own deletion at the end of their retention is not
 * meant by it. Its actions know no wildcards. https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
 */
export function vaultStatements(administrators: readonly string[]): PolicyStatement[] {
  return [
    {
      sid: "KeepRecoveryPoints",
      effect: "Deny",
      principal: "*",
      // Who may not delete may not change the policy that says so, either. Without administrators that would shut out whoever deploys it.
      actions: [
        "backup:DeleteRecoveryPoint",
        "backup:UpdateRecoveryPointLifecycle",
        ...(administrators.length === 0 ? [] : ["backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"]),
      ],
      resources: ["*"],
      ...(administrators.length === 0 ? {} : { conditions: { ArnNotLike: { "aws:PrincipalArn": [...administrators] } } }),
      because: "it denies everybody, for each recovery point of this vault: their ARNs are of RDS, not of the vault",
    },
  ];
}
