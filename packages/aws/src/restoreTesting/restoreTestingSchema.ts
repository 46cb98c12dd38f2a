import { judgedText, leaf, nonEmptyText, parseArn, refuse, requiredLeaf } from "@pgkeep/core";
import { z } from "zod";
import { agentTaskSchema, arnOf } from "../agentTask/agentTaskSchema.js";
import { backupName, kmsKeyArn, roleArnText, tagConditions, vaultArnText } from "../backupPlan/backupPlanSchema.js";
import { RestoreTestingAlgorithm } from "./RestoreTestingArgs.js";

const instanceArn = judgedText(
  (text) => {
    const arn = parseArn(text);
    return arn?.service === "rds" && arn.resource.startsWith("db:") ? undefined : "this is no ARN of an RDS instance";
  },
  { allowed: "arn:aws:rds:REGION:ACCOUNT:db:NAME" },
);

const policy = judgedText(
  (text) => {
    try {
      return Array.isArray((JSON.parse(text) as { Statement?: unknown } | null)?.Statement) ? undefined : "this policy has no Statement";
    } catch {
      return "this is no policy in JSON";
    }
  },
  { allowed: "a policy in JSON, as BackupBucket gives it out" },
);

const bucketUrl = judgedText((text) => (text.startsWith("s3://") ? undefined : "a task on Fargate has no store but a bucket of S3"), {
  allowed: "s3://BUCKET/PREFIX",
});

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html */
const subnets = z.array(requiredLeaf(nonEmptyText)).superRefine((given, context) => {
  if (given.length >= 2) return;
  refuse(context, { reason: "RDS makes no subnet group of fewer than two zones", allowed: "subnets in two zones or more" });
});

/** What the arguments must be, each by itself. What they must be together is in `restoreTestingProblems`. */
export const restoreTestingSchema = z.strictObject({
  vaultArns: z.array(requiredLeaf(vaultArnText)),
  databaseArns: z.array(requiredLeaf(instanceArn)).optional(),
  databaseTags: tagConditions.optional(),
  schedule: requiredLeaf(z.string()),
  timeZone: leaf(z.string()),
  startWindowHours: leaf(z.number()),
  algorithm: leaf(z.enum(RestoreTestingAlgorithm)),
  selectionWindowDays: leaf(z.number()),
  includeContinuous: z.boolean().optional(),
  network: z.strictObject({
    subnetIds: leaf(subnets),
    subnetGroupName: leaf(nonEmptyText),
    vpcId: leaf(nonEmptyText),
    securityGroupId: leaf(nonEmptyText),
  }),
  instanceClass: leaf(
    judgedText((text) => (/^db\.[a-z0-9-]+\.[a-z0-9]+$/.test(text) ? undefined : "this is no class of an RDS instance"), {
      allowed: "for example db.t4g.medium",
    }),
  ),
  parameterGroupName: leaf(nonEmptyText),
  validationWindowHours: leaf(z.number()),
  validation: z
    .strictObject({
      cluster: requiredLeaf(z.string()),
      databases: requiredLeaf(z.array(requiredLeaf(z.string()))),
      store: z.strictObject({ url: requiredLeaf(bucketUrl), region: leaf(z.string()), drillPolicy: requiredLeaf(policy) }),
      task: agentTaskSchema,
      ecsClusterArn: leaf(arnOf("ecs", "arn:aws:ecs:eu-central-1:123456789012:cluster/NAME")),
      topicArn: leaf(arnOf("sns", "arn:aws:sns:eu-central-1:123456789012:NAME")),
      deadLetterQueueArn: leaf(arnOf("sqs", "arn:aws:sqs:eu-central-1:123456789012:NAME")),
    })
    .optional(),
  roleArn: leaf(roleArnText),
  databaseKeyArns: z.array(requiredLeaf(kmsKeyArn)).min(1).optional(),
  planName: backupName("restoreTest").optional(),
  region: leaf(nonEmptyText),
  protect: z.boolean().optional(),
  tags: z.unknown().optional(),
});
