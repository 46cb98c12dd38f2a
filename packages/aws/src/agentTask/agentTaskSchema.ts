import {
  FARGATE_CPU_UNITS,
  FARGATE_STOP_TIMEOUT,
  FARGATE_STORAGE,
  isDeferred,
  isSecretVariable,
  judgedText,
  LOG_RETENTION_DAYS,
  leaf,
  logRetentionProblem,
  nonEmptyText,
  PINNED_IMAGE_FORM,
  parseArn,
  parseSecretReference,
  pinnedImageProblem,
  refuse,
  requiredLeaf,
  SECRET_REFERENCE_FORMS,
} from "@pgkeep/core";
import { z } from "zod";
import { AgentTaskArchitecture } from "./AgentTaskArgs.js";

/** A text that must be the ARN of something of one service. */
export function arnOf(service: string, example: string): z.ZodType<string> {
  return judgedText((text) => (parseArn(text)?.service === service ? undefined : `this is no ARN of ${service}`), { allowed: example });
}

/** What a container's secret is named by. Whatever is no ARN may be the secret itself, and is not shown. */
export const secretReference = judgedText(
  (text) => (parseSecretReference(text) ? undefined : "this names neither a secret in Secrets Manager nor a parameter in Systems Manager"),
  { allowed: SECRET_REFERENCE_FORMS, hidden: true },
);

export const image = judgedText(pinnedImageProblem, { allowed: PINNED_IMAGE_FORM });

const kmsKeyArn = arnOf("kms", "arn:aws:kms:eu-central-1:123456789012:key/…");

const user = judgedText(
  (text) => {
    if (!/^\d{1,10}(:\d{1,10})?$/.test(text)) return "this is no user by its number, and a name would mean whatever the image says";
    return /^0+(:|$)/.test(text) ? "this is root, which the agent needs for nothing" : undefined;
  },
  { allowed: "UID or UID:GID, for example 65532:65532" },
);

const cidr = judgedText((text) => (z.cidrv4().safeParse(text).success ? undefined : "this is no IPv4 range"), { allowed: "10.0.0.0/16" });

const subnets = z.unknown().superRefine((value, context) => {
  if (Array.isArray(value) && value.length === 0) refuse(context, { reason: "this list is empty", allowed: "at least one entry" });
});

const network = z.strictObject({
  subnetIds: requiredLeaf(subnets),
  vpcId: leaf(nonEmptyText),
  securityGroupId: leaf(nonEmptyText),
  databaseSecurityGroupId: leaf(nonEmptyText),
  databaseCidr: leaf(cidr),
  allowInDatabaseGroup: z.boolean().optional(),
  httpsCidrs: z.array(requiredLeaf(cidr)).optional(),
  httpsPrefixListIds: z.array(requiredLeaf(nonEmptyText)).optional(),
});

const logs = z.strictObject({
  groupArn: leaf(arnOf("logs", "arn:aws:logs:eu-central-1:123456789012:log-group:NAME")),
  retentionDays: leaf(
    z.number().superRefine((days, context) => {
      const reason = logRetentionProblem(days);
      if (reason !== undefined) refuse(context, { reason, allowed: LOG_RETENTION_DAYS.join(", ") });
    }),
  ),
  kmsKeyArn: leaf(kmsKeyArn),
});

const variables = (entry: z.ZodType) =>
  z.record(z.string(), requiredLeaf(entry)).superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) refuse(context, { reason: "this is no name of a variable" }, [name]);
    }
  });

const environment = variables(z.string()).superRefine((given, context) => {
  for (const [name, value] of Object.entries(given)) {
    if (isSecretVariable(name)) {
      const next = "put it into Secrets Manager, and name its ARN in `secrets`";
      refuse(context, { reason: "this variable holds a secret, and everybody may read a task's definition", hidden: true, next }, [name]);
    } else if (!isDeferred(value) && value === "") {
      refuse(context, { reason: "this is empty, which is as good as leaving it out" }, [name]);
    }
  }
});

/** What a task's arguments must be, each by itself. What they must be together is in `agentTaskProblems`. */
export const agentTaskSchema = z.strictObject({
  image: requiredLeaf(image),
  network,
  cpu: leaf(z.union(FARGATE_CPU_UNITS.map((units) => z.literal(units)))),
  memory: leaf(z.int().min(512)),
  ephemeralStorage: leaf(z.int().min(FARGATE_STORAGE.least).max(FARGATE_STORAGE.most)),
  architecture: leaf(z.enum(AgentTaskArchitecture)),
  platformVersion: leaf(nonEmptyText),
  user: leaf(user),
  stopTimeout: leaf(z.int().min(FARGATE_STOP_TIMEOUT.least).max(FARGATE_STOP_TIMEOUT.most)),
  environment: environment.optional(),
  secrets: variables(secretReference).optional(),
  secretKeyArns: leaf(z.array(requiredLeaf(kmsKeyArn))),
  logs: logs.optional(),
});
