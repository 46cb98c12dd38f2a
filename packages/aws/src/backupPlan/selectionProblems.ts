import { type Problem, parseArn, vaultOfArn } from "@pgkeep/core";
import type { BackupPlanArgs } from "./BackupPlanArgs.js";
import { known } from "./planRules.js";

/** What is wrong with what is selected. */
export function selectionProblems({ selections, roleArn, vaultArn, region }: BackupPlanArgs): Problem[] {
  const home = known<string>(region) ?? vaultOfArn(known<string>(vaultArn) ?? "")?.region;
  return selections.flatMap(({ tags, resourceArns }, index): Problem[] => {
    const where = `selections[${index}]`;
    if ((tags === undefined) === (resourceArns === undefined)) {
      return tags === undefined
        ? [{ where, reason: "this selects nothing", next: "give tags or resourceArns" }]
        : [{ where: `${where}.tags`, reason: "resourceArns are given, too", next: "make two selections of it" }];
    }
    if (tags !== undefined && Object.keys(tags).length === 0) {
      return [{ where: `${where}.tags`, reason: "without a tag this would select every RDS instance", allowed: "one tag or more" }];
    }
    return (resourceArns ?? []).flatMap((arn, position): Problem[] => {
      const text = known<string>(arn) ?? "";
      const parsed = parseArn(text);
      const problem = { where: `${where}.resourceArns[${position}]`, received: text };
      if (parsed === undefined) return [];
      if (home !== undefined && parsed.region !== "" && parsed.region !== home) {
        return [
          {
            ...problem,
            allowed: `resources in ${home}`,
            reason: "a plan backs up what is in its own Region",
            next: "declare a plan in that Region",
          },
        ];
      }
      if (roleArn !== undefined || (parsed.service === "rds" && parsed.resource.startsWith("db:"))) return [];
      const reason = "the component's own role may back up RDS instances alone";
      return [{ ...problem, allowed: "ARNs of RDS instances (…:rds:…:db:…)", reason, next: "give a role for it in roleArn" }];
    });
  });
}

/** Whether an RDS instance is, or may be, among what is selected, as far as that is known. */
export function selectsRds(selections: BackupPlanArgs["selections"]): boolean {
  return selections.some(
    ({ tags, resourceArns = [] }) =>
      tags !== undefined || resourceArns.some((arn) => parseArn(known<string>(arn) ?? "")?.service === "rds"),
  );
}
