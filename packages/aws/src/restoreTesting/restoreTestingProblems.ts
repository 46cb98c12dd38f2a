import {
  allowedBackupName,
  argumentProblems,
  backupNameProblem,
  isDeferred,
  type Problem,
  ProblemError,
  parseArn,
  parseBackupSchedule,
  restoreTestCountProblems,
  restoreTestProblems,
  vaultOfArn,
} from "@pgkeep/core";
import type { AgentTaskArgs } from "../agentTask/AgentTaskArgs.js";
import { agentTaskProblems, takenNameProblems } from "../agentTask/agentTaskProblems.js";
import type { RestoreTestingArgs, RestoreTestValidationArgs } from "./RestoreTestingArgs.js";
import { DRILL_VARIABLES, planNameOf, RESTORE_TESTING_DEFAULTS } from "./restoreTestingDefaults.js";
import { restoreTestingSchema } from "./restoreTestingSchema.js";
import { configurationProblems } from "./validationConfiguration.js";

/** Everything that is wrong with the arguments, as far as their values are known; asked again when the last of them is. */
export function restoreTestingProblems(name: string, args: RestoreTestingArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(restoreTestingSchema, args);
  if (!wellFormed) return problems;
  const { vaultArns, databaseArns, databaseTags, validation } = args;
  const told = new Set(problems.map(({ where }) => where));
  const further = [
    ...nameProblems(name, args),
    ...restoreTestCountProblems("vaultArns", vaultArns.length, "vaults"),
    ...(databaseArns === undefined ? [] : restoreTestCountProblems("databaseArns", databaseArns.length, "databases of one selection")),
    ...(databaseTags === undefined
      ? []
      : restoreTestCountProblems("databaseTags", Object.keys(databaseTags).length, "tags of one selection")),
    ...choiceProblems(args),
    ...regionProblems(args),
    ...scheduleProblems(args),
    ...restoreTestProblems({
      startWindowHours: known(args.startWindowHours),
      selectionWindowDays: known(args.selectionWindowDays),
      validationWindowHours: known(args.validationWindowHours),
    }),
    ...(validation === undefined ? [] : validationProblems(args, validation)),
  ];
  return [...problems, ...further.filter(({ where }) => !told.has(where))];
}

function known<Value>(value: unknown): Value | undefined {
  return isDeferred(value) ? undefined : (value as Value | undefined);
}

function nameProblems(name: string, { planName }: RestoreTestingArgs): Problem[] {
  const reason = planName === undefined ? backupNameProblem("restoreTest", planNameOf(name)) : undefined;
  if (reason === undefined) return [];
  const received = `${JSON.stringify(planNameOf(name))} (of the component's name)`;
  return [{ where: "planName", received, allowed: allowedBackupName("restoreTest"), reason, next: "give planName" }];
}

function choiceProblems({ databaseArns, databaseTags, network }: RestoreTestingArgs): Problem[] {
  const oneOf = (one: string, other: string, values: readonly unknown[], missing: string): Problem[] => {
    const count = values.filter((value) => value !== undefined).length;
    if (count === 1) return [];
    return count === 0
      ? [{ where: one, reason: `this is missing: ${missing}`, next: `give ${one} or ${other}` }]
      : [{ where: other, reason: `${one} is given, too`, next: "remove one of the two" }];
  };
  return [
    ...oneOf("databaseArns", "databaseTags", [databaseArns, databaseTags], "nothing says whose backups are tested"),
    ...oneOf(
      "network.subnetIds",
      "network.subnetGroupName",
      [network.subnetIds, network.subnetGroupName],
      "AWS Backup would restore into the default VPC",
    ),
    ...oneOf(
      "network.vpcId",
      "network.securityGroupId",
      [network.vpcId, network.securityGroupId],
      "RDS would take the default security group, which lets in whatever else is in it",
    ),
  ];
}

function regionProblems({ vaultArns, databaseArns = [], region }: RestoreTestingArgs): Problem[] {
  const home =
    known<string>(region) ?? vaultArns.map((arn) => vaultOfArn(known<string>(arn) ?? "")?.region).find((one) => one !== undefined);
  const elsewhere = (where: string, arn: string, place: string | undefined): Problem[] =>
    home === undefined || place === undefined || place === home
      ? []
      : [
          {
            where,
            received: arn,
            allowed: `those of ${home}`,
            reason: "restore testing works in one Region",
            next: "declare a RestoreTesting in that Region",
          },
        ];
  return [
    ...vaultArns.flatMap((arn, index) => {
      const text = known<string>(arn) ?? "";
      return elsewhere(`vaultArns[${index}]`, text, vaultOfArn(text)?.region);
    }),
    // The vault of a copy holds backups of databases of another Region: their ARNs stay as they are.
    ...databaseArns.flatMap((arn, index): Problem[] => {
      const text = known<string>(arn) ?? "";
      const account = vaultOfArn(known<string>(vaultArns[0]) ?? "")?.account;
      const parsed = parseArn(text);
      return parsed === undefined || account === undefined || parsed.account === account
        ? []
        : [
            {
              where: `databaseArns[${index}]`,
              received: text,
              allowed: `databases of ${account}`,
              reason: "this database is of another account than the vaults",
            },
          ];
    }),
  ];
}

function scheduleProblems({ schedule, timeZone = RESTORE_TESTING_DEFAULTS.timeZone }: RestoreTestingArgs): Problem[] {
  if (isDeferred(schedule) || isDeferred(timeZone)) return [];
  try {
    parseBackupSchedule("", schedule as string, timeZone as string);
    return [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) => ({ ...problem, where: problem.where.replace(/^\./, "") }));
  }
}

function validationProblems({ network }: RestoreTestingArgs, validation: RestoreTestValidationArgs): Problem[] {
  const where = "validation.task";
  const { databaseSecurityGroupId, databaseCidr, allowInDatabaseGroup } = validation.task.network;
  const named = Object.entries({ databaseSecurityGroupId, databaseCidr, allowInDatabaseGroup }).filter(([, value]) => value !== undefined);
  const reason = "the database is the restored instance, whose network is named in network";
  return [
    ...named.map(([property]): Problem => ({ where: `${where}.network.${property}`, reason, next: "remove it" })),
    ...(named.length > 0 ? [] : agentTaskProblems(drillTask(validation.task, network.securityGroupId ?? "", false), where)),
    ...takenNameProblems(validation.task, where, DRILL_VARIABLES, "say it by the component's own arguments"),
    ...configurationProblems(validation),
  ];
}

/** The task with the restored instances' security group as what it may connect to. */
export function drillTask(
  task: AgentTaskArgs,
  restoredGroupId: NonNullable<AgentTaskArgs["network"]["databaseSecurityGroupId"]>,
  own: boolean,
): AgentTaskArgs {
  return {
    ...task,
    network: { ...task.network, databaseSecurityGroupId: restoredGroupId, ...(own ? { allowInDatabaseGroup: true } : {}) },
  };
}
