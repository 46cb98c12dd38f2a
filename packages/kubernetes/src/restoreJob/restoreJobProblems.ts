import {
  argumentProblems,
  judgedText,
  leaf,
  nonEmptyText,
  type Problem,
  parseRecoveryPointId,
  RESTORE_ID_FORM,
  requiredLeaf,
  restoreIdProblem,
} from "@pgkeep/core";
import { z } from "zod";
import { knownConfigurationProblems } from "../agentPod/agentConfiguration.js";
import { eachPlaceOnce } from "../agentPod/agentPodDefaults.js";
import { agentPodProblems } from "../agentPod/agentPodProblems.js";
import { agentPodShape, dataEntrySchema } from "../agentPod/agentPodSchema.js";
import { knownResourceProblems } from "../agentPod/settleResources.js";
import { deadlineSchema, jobNameProblems, oneAtATimeNeed, ownVariableProblems } from "../onceJob/onceJobProblems.js";
import type { RestoreJobArgs } from "./RestoreJobArgs.js";

const databaseName = judgedText((name) => (name === "" || Buffer.byteLength(name) > 63 ? "no database can be called so" : undefined), {
  allowed: "1 to 63 bytes",
});

/** What the arguments must be, each by itself. */
const schema = z.strictObject({
  ...agentPodShape,
  jobName: z.string().optional(),
  restoreId: judgedText(restoreIdProblem, { allowed: RESTORE_ID_FORM }),
  recoveryPoint: requiredLeaf(
    judgedText(recoveryPointProblem, { allowed: "an id such as 20261121T020000Z-4f9k2m1x, latest or latest-proven" }),
  ),
  configuration: requiredLeaf(nonEmptyText),
  target: z.strictObject({
    host: leaf(nonEmptyText),
    port: leaf(z.int().min(1).max(65_535)),
    username: requiredLeaf(nonEmptyText),
    passwordSecret: dataEntrySchema.optional(),
    iamAuthentication: z.boolean().optional(),
    maintenanceDatabase: leaf(nonEmptyText),
  }),
  databases: z
    .array(z.strictObject({ name: databaseName, as: databaseName.optional() }))
    .min(1)
    .optional(),
  confirmReplace: z.array(databaseName).optional(),
  inPlace: z.boolean().optional(),
  dropReplaced: z.boolean().optional(),
  acceptMissing: z.boolean().optional(),
  acceptOlderMigrations: z.boolean().optional(),
  withOwners: z.boolean().optional(),
  withPrivileges: z.boolean().optional(),
  verify: z.boolean().optional(),
  identitySecret: dataEntrySchema.optional(),
  waitForCompletion: z.boolean().optional(),
  deadline: deadlineSchema.optional(),
});

const OWN_VARIABLES = {
  PGKEEP_TARGET_PASSWORD: "target.passwordSecret",
  PGKEEP_TARGET_AUTHENTICATION: "target.iamAuthentication",
  PGKEEP_IDENTITY: "identitySecret",
};

/** What a restore needs of its node. */
export const RESTORE_NEED = oneAtATimeNeed("restore");

function recoveryPointProblem(text: string): string | undefined {
  if (text === "latest" || text === "latest-proven") return undefined;
  try {
    parseRecoveryPointId(text);
    return undefined;
  } catch {
    return "this names no recovery point";
  }
}

/** Everything that is wrong with the arguments, as far as they are known before the deployment. */
export function restoreJobProblems(name: string, args: RestoreJobArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(schema, args);
  if (!wellFormed) return problems;
  const further = [
    ...jobNameProblems(name, args.jobName),
    ...agentPodProblems(args),
    ...ownVariableProblems(args, OWN_VARIABLES),
    ...signInProblems(args),
    ...databaseProblems(args),
    ...replacingProblems(args),
    ...knownResourceProblems(args.resources ?? {}, RESTORE_NEED),
    ...knownConfigurationProblems("configuration", args.configuration),
  ];
  return eachPlaceOnce(problems, further);
}

function signInProblems({ target, sidecars = [], tls = {} }: RestoreJobArgs): Problem[] {
  const { passwordSecret, iamAuthentication = false } = target;
  if (iamAuthentication && passwordSecret !== undefined) {
    const reason = "a password and IAM are two ways to sign in, and RDS takes one of them from a role";
    return [{ where: "target.passwordSecret", reason, next: "remove one of the two" }];
  }
  if (iamAuthentication || passwordSecret !== undefined || sidecars.length > 0 || tls.mode === "disable") return [];
  const reason = "this is missing: nothing says how the agent signs in";
  const next = "name the Secret and its key with the password, or set iamAuthentication: true";
  return [{ where: "target.passwordSecret", reason, next }];
}

function databaseProblems({ databases = [] }: RestoreJobArgs): Problem[] {
  const names = databases.map(({ name }) => name);
  const becoming = databases.map(({ name, as }) => as ?? name);
  return databases.flatMap(({ name, as }, index): Problem[] => {
    const where = `databases[${index}]`;
    if (names.indexOf(name) < index)
      return [{ where: `${where}.name`, received: name, reason: "this database stands here twice", next: "remove one" }];
    if (becoming.indexOf(as ?? name) === index) return [];
    return [{ where: `${where}.as`, received: as ?? name, reason: "another database gets this name already" }];
  });
}

function replacingProblems({ databases, confirmReplace = [], inPlace = false, dropReplaced = false }: RestoreJobArgs): Problem[] {
  const targets = databases?.map(({ name, as }) => as ?? name);
  const problems: Problem[] = confirmReplace.flatMap((name, index) =>
    targets === undefined || targets.includes(name)
      ? []
      : [
          {
            where: `confirmReplace[${index}]`,
            received: name,
            allowed: targets.join(", "),
            reason: "no database gets this name, so nothing of it is replaced",
            next: "remove it, or name the database in databases",
          },
        ],
  );
  const unconfirmed = (targets ?? []).filter((name) => !confirmReplace.includes(name));
  if (inPlace && (unconfirmed.length > 0 || confirmReplace.length === 0)) {
    const reason = `everything that ${unconfirmed.join(", ") || "a database"} holds is dropped before it is filled again, and this must be said`;
    problems.push({ where: "inPlace", reason, next: "name it in confirmReplace, or remove inPlace" });
  }
  if (dropReplaced && (inPlace || confirmReplace.length === 0)) {
    const reason = inPlace ? "in place no replaced database is left" : "no database is replaced";
    problems.push({ where: "dropReplaced", reason, next: "remove it" });
  }
  return problems;
}
