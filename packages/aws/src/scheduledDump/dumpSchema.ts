import {
  DEADLINE_FORM,
  judgedText,
  leaf,
  nonEmptyText,
  parseDeadline,
  parseSecretReference,
  RetentionEnforcer,
  RetentionPreset,
  requiredLeaf,
  SECRET_REFERENCE_FORMS,
  SnapshotFallback,
  SslMode,
} from "@pgkeep/core";
import { z } from "zod";
import { agentTaskSchema, arnOf } from "../agentTask/agentTaskSchema.js";

const secretArn = judgedText(
  (text) => (parseSecretReference(text) ? undefined : "this is no ARN of a secret or a parameter"),
  // It may be the secret itself.
  { allowed: SECRET_REFERENCE_FORMS, hidden: true },
);

const policy = judgedText(
  (text) => {
    try {
      const document = JSON.parse(text) as { Statement?: unknown } | null;
      return Array.isArray(document?.Statement) ? undefined : "this is no IAM policy: it has no Statement";
    } catch {
      return "this is no IAM policy in JSON";
    }
  },
  { allowed: "a policy in JSON, as BackupBucket gives it out" },
);

const bucketUrl = judgedText((text) => (text.startsWith("s3://") ? undefined : "a task on Fargate has no store but a bucket of S3"), {
  allowed: "s3://BUCKET/PREFIX",
});

const deadline = judgedText((text) => (parseDeadline(text) === undefined ? "this is no time that a run may take" : undefined), {
  allowed: DEADLINE_FORM,
});

const resourceId = judgedText(
  (text) =>
    /^(db|cluster|prx)-[A-Za-z0-9]+$/.test(text) ? undefined : "this is no resource id, which is another thing than the identifier",
  { allowed: "db-…, cluster-… or prx-…, as `resourceId` of RdsPostgres" },
);

/** What the agent's own schema judges is here only of the right type. */
const text = z.string();
const number = z.number();

/** What the arguments must be, each by itself. What they must be together is in `dumpProblems`. */
export const dumpSchema = z.strictObject({
  cluster: requiredLeaf(text),
  databases: requiredLeaf(z.array(requiredLeaf(text))),
  server: z.strictObject({
    host: requiredLeaf(text),
    port: leaf(number),
    username: requiredLeaf(nonEmptyText),
    passwordSecretArn: leaf(secretArn),
    passwordJsonKey: leaf(text),
    iamAuthentication: z.boolean().optional(),
    resourceId: leaf(resourceId),
    sslMode: leaf(z.enum(SslMode)),
    sslRootCertificate: leaf(text),
    maintenanceDatabase: leaf(text),
  }),
  store: z.strictObject({
    url: requiredLeaf(bucketUrl),
    region: leaf(text),
    writerPolicy: requiredLeaf(policy),
    prunerPolicy: leaf(policy),
  }),
  task: agentTaskSchema,
  schedule: requiredLeaf(text),
  timeZone: leaf(text),
  enabled: leaf(z.boolean()),
  deadline: leaf(deadline),
  encryptionRecipients: leaf(z.array(requiredLeaf(text))),
  signing: z.strictObject({ privateKeySecretArn: leaf(secretArn), publicKeys: leaf(z.array(requiredLeaf(text))) }).optional(),
  objectives: z.strictObject({ rpo: leaf(text), provenWithin: leaf(text) }).optional(),
  retention: z
    .strictObject({
      enforcedBy: leaf(z.enum(RetentionEnforcer)),
      preset: leaf(z.enum(RetentionPreset)),
      keepLast: leaf(number),
      keepHourly: leaf(number),
      keepDaily: leaf(number),
      keepWeekly: leaf(number),
      keepMonthly: leaf(number),
      keepYearly: leaf(number),
      keepWithin: leaf(text),
      minimum: leaf(number),
      keepSuspicious: leaf(text),
    })
    .optional(),
  dump: z
    .strictObject({
      parallel: leaf(number),
      compressionLevel: leaf(number),
      waive: leaf(z.array(requiredLeaf(text))),
      snapshotTimeout: leaf(text),
      lockTimeout: leaf(text),
      snapshotFallback: leaf(z.enum(SnapshotFallback)),
    })
    .optional(),
  retentionSchedule: text.optional(),
  ecsClusterArn: leaf(arnOf("ecs", "arn:aws:ecs:eu-central-1:123456789012:cluster/NAME")),
  topicArn: leaf(arnOf("sns", "arn:aws:sns:eu-central-1:123456789012:NAME")),
  deadLetterQueueArn: leaf(arnOf("sqs", "arn:aws:sqs:eu-central-1:123456789012:NAME")),
  freshnessHours: z.int().min(0).optional(),
  protect: z.boolean().optional(),
  region: leaf(nonEmptyText),
  tags: leaf(z.record(z.string(), z.unknown())),
});
