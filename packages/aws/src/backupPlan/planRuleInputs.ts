import { backupCopyProblems, vaultOfArn } from "@pgkeep/core";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import type { BackupPlanArgs, BackupPlanRuleArgs } from "./BackupPlanArgs.js";
import type { PlanVaults } from "./declarePlanVaults.js";
import { declaredRules, RULE_DEFAULTS } from "./planRules.js";
import { scheduleOf } from "./scheduleProblems.js";
import { selectsRds } from "./selectionProblems.js";

/** The rules as the provider takes them. Every default is spelled out, so that none of AWS's own can change under a plan. */
export function planRuleInputs(name: string, args: BackupPlanArgs, vaults: PlanVaults): aws.types.input.backup.PlanRule[] {
  return declaredRules(args).map((rule, index) => {
    // One that cannot be read is refused by the policy, with everything else that is wrong.
    const schedule = pulumi
      .all([rule.schedule, rule.timeZone ?? args.timeZone ?? RULE_DEFAULTS.timeZone])
      .apply(
        ([text, timeZone]) =>
          scheduleOf({ schedule: text, timeZone }) ?? { scheduleExpression: text, scheduleExpressionTimezone: timeZone },
      );
    const targets = judgedTargets(name, args, rule, index, vaults);
    return {
      ruleName: rule.name,
      targetVaultName: vaults.vault.name,
      schedule: schedule.scheduleExpression,
      scheduleExpressionTimezone: schedule.scheduleExpressionTimezone,
      startWindow: rule.startWindowMinutes ?? RULE_DEFAULTS.startWindowMinutes,
      completionWindow: rule.completionWindowMinutes ?? RULE_DEFAULTS.completionWindowMinutes,
      enableContinuousBackup: rule.continuous ?? false,
      lifecycle: lifecycle(rule.retentionDays, rule.coldStorageAfterDays),
      ...(rule.recoveryPointTags === undefined ? {} : { recoveryPointTags: rule.recoveryPointTags }),
      ...(rule.copies === undefined || rule.copies.length === 0
        ? {}
        : {
            copyActions: rule.copies.map((copy, position) => ({
              destinationVaultArn: targets.apply((arns) => arns[position] ?? ""),
              lifecycle: lifecycle(copy.retentionDays ?? rule.retentionDays, copy.coldStorageAfterDays),
            })),
          }),
    };
  });
}

/** The vaults that a rule copies to. Where the plan's own account or Region is known only now, it is judged only now. */
function judgedTargets(name: string, args: BackupPlanArgs, { copies = [] }: BackupPlanRuleArgs, index: number, vaults: PlanVaults) {
  const arns = copies.map(({ to }) => vaults.destinations[to]?.arn ?? pulumi.output(""));
  return pulumi.all([vaults.vault.arn, pulumi.all(arns), pulumi.output(args.selections)]).apply(([own, targets, selections]) => {
    const places = targets.map((arn, position) => ({ to: copies[position]?.to ?? arn, ...vaultOfArn(arn) }));
    const problems = selectsRds(selections) ? backupCopyProblems(`rules[${index}].copies`, vaultOfArn(own) ?? {}, places) : [];
    if (problems.length > 0) throw argumentsError("BackupPlan", name, problems);
    return targets;
  });
}

function lifecycle(deleteAfter: pulumi.Input<number>, coldStorageAfter: pulumi.Input<number> | undefined) {
  return { deleteAfter, ...(coldStorageAfter === undefined ? {} : { coldStorageAfter }) };
}
