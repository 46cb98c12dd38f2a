import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import type { BackupPlanArgs, BackupVaultArgs } from "./BackupPlanArgs.js";
import { backupPlanProblems } from "./backupPlanProblems.js";
import { type DescribedVault, describeBackupPlan, placeText } from "./describeBackupPlan.js";
import { declaredRules, knownRule, lockOf } from "./planRules.js";
import { selectsRds } from "./selectionProblems.js";

/**
 * The plan in words, as soon as its values are known, which are judged once more then. What is given of roles and keys is no part of it, so that one
 * that is not there yet hides nothing.
 */
export function backupPlanPolicy(name: string, args: BackupPlanArgs): pulumi.Output<string> {
  const { destinations = [], vault = {} } = args;
  return pulumi
    .all([
      pulumi.output(declaredRules(args)),
      pulumi.output(args.selections),
      pulumi.all([args.vaultArn, args.region, args.timeZone, args.maintenanceWindow]),
      pulumi.all(destinations.map((one) => one.vaultArn)),
      pulumi.output([vault, ...destinations.map((one) => one.vault ?? {})].map((one) => one.recoveryPointAdministrators ?? [])),
    ])
    .apply(([rules, selections, [vaultArn, region, timeZone, maintenanceWindow], copies, administrators]) => {
      const values = pruned({
        ...args,
        rules: args.rules === undefined ? undefined : rules,
        selections,
        timeZone,
        maintenanceWindow,
        vaultArn,
        region,
        destinations: destinations.map((one, index) => pruned({ ...one, vaultArn: copies[index] })),
      }) as BackupPlanArgs;
      const problems = backupPlanProblems(name, values);
      if (problems.length > 0) throw argumentsError("BackupPlan", name, problems);
      return describeBackupPlan({
        vault:
          vaultArn === undefined
            ? ownVault(vault.name ?? name, vault, administrators[0])
            : { called: "of the plan", given: `the one given, ${vaultArn}` },
        destinations: destinations.map((one, index) => {
          const place = placeText(one.region, copies[index]);
          return one.region === undefined
            ? { called: one.name, place, given: `the one given, ${copies[index]}` }
            : { ...ownVault(one.name, one.vault ?? {}, administrators[index + 1]), place };
        }),
        rules: rules.map((rule) => knownRule(rule, timeZone)),
        selections,
        roleGiven: args.roleArn !== undefined,
        rds: selectsRds(selections),
        protect: args.protect ?? true,
        maintenanceWindow,
      });
    });
}

function ownVault(called: string, vault: BackupVaultArgs, administrators: string[] = []): DescribedVault {
  return {
    called,
    own: { keyGiven: vault.keyArn !== undefined, lock: lockOf(vault), administrators, forceDestroy: vault.forceDestroy ?? false },
  };
}

/** Without what is not given: the schema counts it as given otherwise. */
function pruned<Values extends object>(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values;
}
