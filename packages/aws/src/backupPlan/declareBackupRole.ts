import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../iam/policyDocument.js";
import type { BackupPlanArgs } from "./BackupPlanArgs.js";
import { backupRoleStatements } from "./backupRoleStatements.js";
import type { PlanVaults } from "./declarePlanVaults.js";
import { declaredRules } from "./planRules.js";

/** The role that AWS Backup acts in: the one given, or an own one that may no more than this plan needs. */
export function declareBackupRole(parent: pulumi.Resource, name: string, args: BackupPlanArgs, vaults: PlanVaults): pulumi.Output<string> {
  if (args.roleArn !== undefined) return pulumi.output(args.roleArn);
  const { selections, databaseKeyArns, tags } = args;
  const rules = declaredRules(args);
  const used = new Set(rules.flatMap(({ copies = [] }) => copies.map(({ to }) => to)));
  const byTags = selections.some((selection) => selection.tags !== undefined);
  const policy = pulumi
    .all([
      vaults.vault.arn,
      pulumi.output(selections.flatMap(({ resourceArns = [] }) => resourceArns)),
      pulumi.output(databaseKeyArns),
      pulumi.output(
        Object.entries(vaults.destinations).flatMap(([to, { arn, keyArn }]) => (used.has(to) ? [{ vaultArn: arn, keyArn }] : [])),
      ),
    ])
    .apply(([vaultArn, databaseArns, keyArns, copies]) =>
      policyDocument(
        backupRoleStatements({
          vaultArn,
          databaseArns: byTags ? undefined : databaseArns,
          databaseKeyArns: keyArns,
          copies,
          continuous: rules.some(({ continuous }) => continuous === true),
        }),
      ),
    );
  const role = new aws.iam.Role(
    `${name}-role`,
    { assumeRolePolicy: serviceTrust("AwsBackup", "backup.amazonaws.com"), ...(tags === undefined ? {} : { tags }) },
    { parent },
  );
  const attached = new aws.iam.RolePolicy(`${name}-role`, { role: role.name, policy }, { parent });
  // AWS Backup refuses a selection whose role may not find resources by their tags yet.
  return pulumi.all([role.arn, attached.id]).apply(([arn]) => arn);
}
