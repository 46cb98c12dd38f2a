import {
  allowedBackupName,
  argumentProblems,
  backupCopyProblems,
  backupNameProblem,
  backupRetentionProblems,
  backupWindowProblems,
  lockedRetentionProblems,
  type Problem,
  vaultOfArn,
  weeklyWindowProblem,
} from "@pgkeep/core";
import type { BackupPlanArgs } from "./BackupPlanArgs.js";
import { backupPlanSchema } from "./backupPlanSchema.js";
import { declaredRules, type KnownRule, known, knownRule, lockOf } from "./planRules.js";
import { continuousProblems, scheduleProblems } from "./scheduleProblems.js";
import { selectionProblems, selectsRds } from "./selectionProblems.js";
import { vaultProblems } from "./vaultProblems.js";

/** Everything that is wrong with the arguments, as far as their values are known; asked again when the last of them is. */
export function backupPlanProblems(name: string, args: BackupPlanArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(backupPlanSchema, args);
  if (!wellFormed) return problems;
  const rules = declaredRules(args).map((rule) => knownRule(rule, args.timeZone));
  return [
    ...problems,
    ...nameProblems(name, args),
    ...choiceProblems(args),
    ...vaultProblems("vault", args.vault, args.protect),
    ...(args.destinations ?? []).flatMap(({ vault }, index) => vaultProblems(`destinations[${index}].vault`, vault, args.protect)),
    ...selectionProblems(args),
    ...windowProblem(known<string>(args.maintenanceWindow)),
    ...rules.flatMap((rule, index) => ruleProblems(args, rule, args.rules === undefined ? "preset" : `rules[${index}]`)),
    ...continuousProblems(rules),
  ];
}

function nameProblems(name: string, { vault, vaultArn, planName, rules = [], selections, destinations = [] }: BackupPlanArgs): Problem[] {
  const made = (kind: "vault" | "plan", where: string): Problem[] => {
    const reason = backupNameProblem(kind, name);
    if (reason === undefined) return [];
    return [
      {
        where,
        received: `${JSON.stringify(name)} (the component's name)`,
        allowed: allowedBackupName(kind),
        reason,
        next: `give ${where}`,
      },
    ];
  };
  const twice = (where: string, names: readonly string[]): Problem[] =>
    names.flatMap((one, index) =>
      names.indexOf(one) === index
        ? []
        : [{ where: `${where}[${index}].name`, received: JSON.stringify(one), reason: "this name is given twice" }],
    );
  const places = destinations.map((destination) => destination.region && `${destination.region} ${destination.vault?.name ?? name}`);
  return [
    ...(vaultArn === undefined && vault?.name === undefined ? made("vault", "vault.name") : []),
    ...(planName === undefined ? made("plan", "planName") : []),
    ...twice(
      "rules",
      rules.map((one) => one.name),
    ),
    ...twice(
      "selections",
      selections.map((one) => one.name),
    ),
    ...twice(
      "destinations",
      destinations.map((one) => one.name),
    ),
    ...places.flatMap((place, index): Problem[] =>
      place !== undefined && places.indexOf(place) !== index
        ? [
            {
              where: `destinations[${index}].region`,
              received: place,
              reason: "there is a vault of this name in this Region already",
              next: "give vault.name",
            },
          ]
        : [],
    ),
  ];
}

function choiceProblems({ rules, preset, vault, vaultArn, destinations = [] }: BackupPlanArgs): Problem[] {
  const both = (where: string, reason: string, next: string): Problem => ({ where, reason, next });
  return [
    ...(rules === undefined && preset === undefined
      ? [both("rules", "this is missing: nothing says when to back up", "give rules, or a preset")]
      : []),
    ...(rules !== undefined && preset !== undefined ? [both("preset", "rules are given, too", "remove one of the two")] : []),
    ...(vault !== undefined && vaultArn !== undefined ? [both("vaultArn", "an own vault is declared, too", "remove one of the two")] : []),
    ...destinations.flatMap((destination, index): Problem[] => {
      const where = `destinations[${index}]`;
      const own = destination.region !== undefined;
      const given = destination.vaultArn !== undefined;
      if (own === given) {
        return own
          ? [both(`${where}.vaultArn`, "a Region for an own vault is given, too", "remove one of the two")]
          : [both(`${where}.region`, "this is missing: nothing says which vault is meant", "give region for an own vault, or vaultArn")];
      }
      if (given && destination.vault !== undefined)
        return [both(`${where}.vault`, "this vault exists, and is made by its owner", "remove it")];
      return own && destination.keyArn !== undefined
        ? [both(`${where}.keyArn`, "this is for a vault that exists", "give vault.keyArn")]
        : [];
    }),
  ];
}

function windowProblem(window: string | undefined): Problem[] {
  const reason = window === undefined ? undefined : weeklyWindowProblem(window);
  if (window === undefined || reason === undefined) return [];
  return [{ where: "maintenanceWindow", received: window, allowed: "ddd:hh:mm-ddd:hh:mm in UTC, for example sun:04:00-sun:04:30", reason }];
}

function ruleProblems(args: BackupPlanArgs, rule: KnownRule, where: string): Problem[] {
  const { vault, vaultArn, destinations = [], selections } = args;
  const rds = selectsRds(selections);
  const own = vaultArn === undefined ? { vault: vault?.name ?? "of the plan", ...lockOf(vault ?? {}) } : undefined;
  const home = vaultOfArn(known<string>(vaultArn) ?? "");
  const copies = rule.copies.map((copy, index) => ({
    ...copy,
    where: `${where}.copies[${index}]`,
    destination: destinations.find(({ name }) => name === copy.to),
  }));
  return [
    ...scheduleProblems(where, rule, known<string>(args.maintenanceWindow)),
    ...backupWindowProblems(where, rule.startWindowMinutes, rule.completionWindowMinutes),
    ...backupRetentionProblems(where, { ...rule, rds }),
    ...(own === undefined ? [] : lockedRetentionProblems(`${where}.retentionDays`, rule, own)),
    ...copies.flatMap(({ where: path, destination, ...copy }): Problem[] => {
      if (destination === undefined) {
        const allowed = destinations.map(({ name }) => name).join(", ");
        return [
          {
            where: `${path}.to`,
            received: JSON.stringify(copy.to),
            reason: "no destination of this name is declared",
            ...(allowed === "" ? {} : { allowed }),
          },
        ];
      }
      const limits = destination.region === undefined ? undefined : lockOf(destination.vault ?? {});
      return [
        // A copy of a continuous backup is a snapshot, so that it may be kept for longer.
        ...backupRetentionProblems(path, { ...copy, rds }),
        ...(limits === undefined ? [] : lockedRetentionProblems(`${path}.retentionDays`, copy, { vault: destination.name, ...limits })),
      ];
    }),
    // What is not of RDS may be copied anywhere at once.
    ...(rds
      ? backupCopyProblems(
          `${where}.copies`,
          { region: known<string>(args.region) ?? home?.region, account: home?.account },
          copies.map(({ to, destination }) => ({ to, ...placeOf(destination, home?.account) })),
        )
      : []),
  ];
}

/** An own vault is in this account, whichever that is. */
function placeOf(destination: { region?: string; vaultArn?: unknown } | undefined, account: string | undefined) {
  if (destination?.region !== undefined) return { region: destination.region, account };
  const { region, account: owner } = vaultOfArn(known<string>(destination?.vaultArn) ?? "") ?? {};
  return { region, account: owner };
}
