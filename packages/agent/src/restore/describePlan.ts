import { formatSize } from "@pgkeep/core";
import { describeDeployment } from "../application/describeApplication.js";
import { DatabaseAction, type PlannedDatabase, type RestorePlan } from "./RestorePlan.js";

/** The plan in sentences, one line each, in the order in which things happen. */
export function describePlan(plan: RestorePlan): string[] {
  const source =
    plan.file === null
      ? `recovery point ${plan.recoveryPoint}, the state of ${plan.takenAt}`
      : `file ${plan.file}, about which nothing is proven`;
  const { databases } = plan;
  const swapped = databases.filter(({ scratch }) => scratch !== null);
  const inPlace = databases.filter(({ scratch }) => scratch === null);
  const stopped = plan.stop === null ? [] : [`stop the application: ${plan.stop}`];
  return [
    `restore ${source}`,
    `into ${plan.target}`,
    ...describeDeployment(plan.application),
    ...(plan.createRoles.length > 0 ? [`create the missing roles ${plan.createRoles.join(", ")}`] : []),
    ...(inPlace.length > 0 ? stopped : []),
    ...databases.map((database) => `${load(database, plan)}${database.bytes === null ? "" : ` (${formatSize(database.bytes)})`}`),
    verification(plan),
    ...(inPlace.length > 0 ? [] : stopped),
    ...(swapped.length > 0 ? ["in one transaction:"] : []),
    ...swapped.flatMap(({ target, scratch, replacedAs }) => [
      ...(replacedAs === null ? [] : [`  rename ${target} to ${replacedAs}, ending its sessions`]),
      `  rename ${scratch} to ${target}`,
    ]),
    ...(plan.start === null ? [] : [`start the application: ${plan.start}`]),
    ...(plan.checkUrl === null ? [] : [`ask ${plan.checkUrl} whether it is well`]),
    ...databases.flatMap(({ replacedAs }) =>
      replacedAs === null ? [] : [plan.keepReplaced ? `keep ${replacedAs}` : `drop ${replacedAs}`],
    ),
  ];
}

/** Of a file nobody recorded what it holds; the rows of an archive can at least be counted while they are loaded. */
function verification({ verify, file }: RestorePlan): string {
  if (!verify) return "do not read back what was restored";
  return file === null
    ? "read back what was restored and compare it with the recovery point"
    : "count what was restored and compare it with the rows of the file";
}

function load({ source, target, action, scratch }: PlannedDatabase, plan: RestorePlan): string {
  const what = [
    plan.tables.length > 0 ? `tables ${plan.tables.join(", ")} of ${source}` : source,
    ...(plan.schemaOnly ? ["without rows"] : []),
    ...(plan.withOwners ? [] : ["without owners"]),
    ...(plan.withPrivileges ? [] : ["without privileges"]),
  ].join(", ");
  switch (action) {
    case DatabaseAction.Create:
    case DatabaseAction.Replace:
      return `load ${what} into the new database ${scratch}`;
    case DatabaseAction.CleanInPlace:
      return `drop the contents of ${target} and load ${what}, in one transaction; its own settings and privileges stay`;
    case DatabaseAction.AddTables:
      return `load ${what} into the living database ${target}, in one transaction`;
  }
}
