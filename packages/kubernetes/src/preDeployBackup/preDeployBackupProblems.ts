import {
  argumentProblems,
  DEADLINE_FORM,
  DEPLOYMENT_KEY_FORM,
  imageDigestProblem,
  jobDeploymentKeyProblem,
  judgedText,
  leaf,
  nonEmptyText,
  type Problem,
  parseDeadline,
  refuse,
  requiredLeaf,
} from "@pgkeep/core";
import { z } from "zod";
import { knownConfigurationProblems } from "../agentPod/agentConfiguration.js";
import { eachPlaceOnce } from "../agentPod/agentPodDefaults.js";
import { agentPodProblems } from "../agentPod/agentPodProblems.js";
import { agentPodShape, dataEntrySchema } from "../agentPod/agentPodSchema.js";
import { deadlineSchema, jobNameProblems, ownVariableProblems } from "../onceJob/onceJobProblems.js";
import { givenBackupProblems, knownBackupProblems } from "./backupConfiguration.js";
import type { PreDeployBackupArgs } from "./PreDeployBackupArgs.js";

const { tls: _, ...podShape } = agentPodShape;

const imageDigest = z.string().superRefine((text, context) => {
  const problem = imageDigestProblem(text);
  if (problem !== undefined) refuse(context, problem);
});
const applicationSchema = z.strictObject({
  gitSha: leaf(
    judgedText((text) => (/^[0-9a-f]{7,64}$/.test(text) ? undefined : "this is not the name of a git commit"), {
      allowed: "7 to 64 hexadecimal digits, as `git rev-parse HEAD` prints them",
    }),
  ),
  branch: leaf(nonEmptyText),
  images: z
    .record(
      judgedText((name) => (/^[^\s=,]+$/.test(name) ? undefined : "a name without blanks, commas and equals signs is needed")),
      requiredLeaf(imageDigest),
    )
    .optional(),
});

/** What the arguments must be, each by itself. */
const schema = z.strictObject({
  ...podShape,
  jobName: z.string().optional(),
  deploymentKey: judgedText(jobDeploymentKeyProblem, { allowed: DEPLOYMENT_KEY_FORM }),
  configuration: requiredLeaf(nonEmptyText),
  passwordSecret: dataEntrySchema.optional(),
  signingKeySecret: dataEntrySchema.optional(),
  caSecret: dataEntrySchema.optional(),
  caConfigMap: dataEntrySchema.optional(),
  application: applicationSchema.optional(),
  pinFor: leaf(judgedText(pinProblem, { allowed: "1h to 3650d, for example 30d" })),
  waitForOther: leaf(judgedText((text) => (parseDeadline(text) === undefined ? "this is no time" : undefined), { allowed: DEADLINE_FORM })),
  waitForCompletion: z.boolean().optional(),
  deadline: deadlineSchema.optional(),
});

const OWN_VARIABLES = {
  PGKEEP_APPLICATION_SHA: "application.gitSha",
  PGKEEP_APPLICATION_BRANCH: "application.branch",
  PGKEEP_APPLICATION_IMAGES: "application.images",
};

function pinProblem(text: string): string | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const hours = Number(count) * ({ m: 1 / 60, h: 1, d: 24 }[unit ?? ""] ?? Number.NaN);
  return hours >= 1 && hours <= 3650 * 24 ? undefined : "this is no period for which it can be pinned";
}

/** Everything that is wrong with the arguments, as far as they are known before the deployment. */
export function preDeployBackupProblems(name: string, args: PreDeployBackupArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(schema, args);
  if (!wellFormed) return problems;
  const configuration = knownConfigurationProblems("configuration", args.configuration);
  const further = [
    ...jobNameProblems(name, args.jobName),
    ...agentPodProblems(args),
    ...ownVariableProblems(args, OWN_VARIABLES),
    ...authorityProblems(args),
    ...givenBackupProblems(args),
    ...configuration,
    ...(configuration.length > 0 ? [] : knownBackupProblems(args)),
  ];
  return eachPlaceOnce(problems, further);
}

function authorityProblems({ caSecret, caConfigMap }: PreDeployBackupArgs): Problem[] {
  if (caSecret === undefined || caConfigMap === undefined) return [];
  return [{ where: "caConfigMap", reason: "the authorities are given by caSecret already", next: "remove one of the two" }];
}
