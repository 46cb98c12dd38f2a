import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import type { BackupPlanArgs, BackupPlanSelectionArgs } from "./BackupPlanArgs.js";
import { backupPlanPolicy } from "./backupPlanPolicy.js";
import { backupPlanProblems } from "./backupPlanProblems.js";
import { declareBackupRole } from "./declareBackupRole.js";
import { declarePlanVaults } from "./declarePlanVaults.js";
import { planRuleInputs } from "./planRuleInputs.js";

/**
 * AWS Backup for databases on Amazon RDS: a vault whose recovery points nobody deletes before their time, rules that say when to back up and how long
 * to keep it, copies to another Region or to another account, and a role with no more rights than that.
 *
 * Vaults and keys are protected. A vault's lock stays when it is removed from the program; one of compliance mode is for ever. What AWS Backup deletes at
 * the end of its retention is gone from each vault by itself.
 */
export class BackupPlan extends pulumi.ComponentResource {
  /** ARN of the vault, own or given. */
  public readonly vaultArn: pulumi.Output<string>;
  /** Name of the vault. */
  public readonly vaultName: pulumi.Output<string>;
  /** ARN of the own vault's KMS key. Nothing for a vault that is given. */
  public readonly vaultKeyArn: pulumi.Output<string | undefined>;
  /** ARNs of the vaults that rules copy to, by the destination's name. */
  public readonly destinationVaultArns: pulumi.Output<Record<string, string>>;
  /** Id of the plan. */
  public readonly planId: pulumi.Output<string>;
  /** ARN of the plan. */
  public readonly planArn: pulumi.Output<string>;
  /** ARN of the role that AWS Backup acts in, own or given. */
  public readonly roleArn: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview: what can be lost, what is kept, who can delete it. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: BackupPlanArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = backupPlanProblems(name, args);
    if (problems.length > 0) throw argumentsError("BackupPlan", name, problems);
    const effectivePolicy = backupPlanPolicy(name, args);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:BackupPlan", name, { ...args, effectivePolicy }, opts);

    const vaults = declarePlanVaults(this, name, args);
    const roleArn = declareBackupRole(this, name, args, vaults);
    const region = args.region === undefined ? {} : { region: args.region };
    const plan = new aws.backup.Plan(
      `${name}-plan`,
      {
        name: args.planName ?? name,
        rules: planRuleInputs(name, args, vaults),
        ...region,
        ...(args.tags === undefined ? {} : { tags: args.tags }),
      },
      { parent: this },
    );
    for (const selection of args.selections) {
      // The provider makes each change a new selection; both would have one name while the old one is still there.
      new aws.backup.Selection(
        `${name}-selection-${selection.name}`,
        { name: selection.name, planId: plan.id, iamRoleArn: roleArn, ...selected(selection, vaults.vault.arn), ...region },
        { parent: this, deleteBeforeReplace: true },
      );
    }

    this.vaultArn = vaults.vault.arn;
    this.vaultName = vaults.vault.name;
    this.vaultKeyArn = vaults.vault.keyArn;
    this.destinationVaultArns = pulumi.output(Object.fromEntries(Object.entries(vaults.destinations).map(([to, { arn }]) => [to, arn])));
    this.planId = plan.id;
    this.planArn = plan.arn;
    this.roleArn = roleArn;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      vaultArn: this.vaultArn,
      vaultName: this.vaultName,
      vaultKeyArn: this.vaultKeyArn,
      destinationVaultArns: this.destinationVaultArns,
      planId: this.planId,
      planArn: this.planArn,
      roleArn,
      effectivePolicy,
    });
  }
}

/**
 * Conditions narrow resources down, where a selection's own tags would add to them: so nothing but RDS instances is ever backed up by tag. That names the
 * type of resource, too, which makes the account's opt-in settings not matter.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-supported-services.html
 */
function selected({ tags, resourceArns }: BackupPlanSelectionArgs, vaultArn: pulumi.Output<string>) {
  if (tags === undefined) return { resources: resourceArns ?? [] };
  const partition = vaultArn.apply((arn) => arn.split(":")[1] ?? "aws");
  const stringEquals = Object.entries(tags).map(([key, value]) => ({ key: `aws:ResourceTag/${key}`, value }));
  return { resources: [pulumi.interpolate`arn:${partition}:rds:*:*:db:*`], conditions: [{ stringEquals }] };
}
