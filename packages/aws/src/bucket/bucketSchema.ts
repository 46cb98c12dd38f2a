import {
  BackupStorageClass,
  judgedText,
  leaf,
  MOST_OBJECT_LOCK_DAYS,
  newBucketNameProblem,
  nonEmptyText,
  ObjectLockMode,
  parseArn,
  RetentionEnforcer,
  RetentionPreset,
  requiredLeaf,
  storePrefixProblem,
} from "@pgkeep/core";
import { z } from "zod";
import { BucketSetting } from "./BackupBucketArgs.js";

/** As the agent's configuration has it: `cluster` in core's agentConfig.ts. */
const clusterName = judgedText(
  (name) =>
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
      ? undefined
      : "this cannot name a cluster: it becomes a folder of the store and part of other names",
  { allowed: "1 to 63 lower-case letters, digits and hyphens, as `cluster` in the agent's configuration" },
);

const bucketArn = judgedText(
  (text) => {
    const arn = parseArn(text);
    if (arn === undefined) return "this is no ARN";
    return arn.service === "s3" && !/[/*]/.test(arn.resource) ? undefined : "this is not the ARN of a bucket";
  },
  { allowed: "for example arn:aws:s3:::my-backups" },
);

const keyArn = judgedText(
  (text) => {
    const arn = parseArn(text);
    if (arn === undefined) return "this is no ARN: an alias or an id would be looked up in the account of whoever asks";
    return arn.service === "kms" && arn.resource.startsWith("key/") ? undefined : "this is not the ARN of a KMS key";
  },
  { allowed: "for example arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" },
);

const trust = judgedText(
  (text) => {
    try {
      const document: unknown = JSON.parse(text);
      return typeof document === "object" && document !== null && "Statement" in document ? undefined : "a trust policy has a Statement";
    } catch {
      return "this is not JSON";
    }
  },
  { allowed: "a trust policy as JSON" },
);

const count = z.int().min(1).max(10_000).optional();

/** What the arguments must be, each by itself. What they must be together is in `bucketProblems`. */
export const bucketSchema = z.strictObject({
  clusters: z.array(clusterName).min(1),
  bucketName: leaf(judgedText((name) => newBucketNameProblem(name), { allowed: "3 to 63 lower-case letters, digits and hyphens" })),
  existing: z
    .strictObject({ arn: requiredLeaf(bucketArn), region: requiredLeaf(nonEmptyText), declare: z.array(z.enum(BucketSetting)).optional() })
    .optional(),
  prefix: judgedText((prefix) => storePrefixProblem(prefix), {
    allowed: "printable ASCII without a slash at either end, for example postgres/production",
  }).optional(),
  region: leaf(nonEmptyText),
  kmsKeyArn: leaf(keyArn),
  tiers: z.array(z.strictObject({ storageClass: z.enum(BackupStorageClass), afterDays: z.number() })).optional(),
  retention: z
    .strictObject({
      enforcedBy: z.enum(RetentionEnforcer).optional(),
      preset: z.enum(RetentionPreset).optional(),
      keepDaily: count,
      keepWeekly: count,
      keepMonthly: count,
      keepYearly: count,
    })
    .optional(),
  noncurrentDays: z.number().optional(),
  abortUploadsAfterDays: z.number().optional(),
  longestRunHours: z.int().min(1).max(2400).optional(),
  objectLock: z.strictObject({ mode: z.enum(ObjectLockMode).optional(), days: z.int().min(1).max(MOST_OBJECT_LOCK_DAYS) }).optional(),
  replication: z
    .strictObject({
      region: nonEmptyText,
      destinationArn: leaf(bucketArn),
      kmsKeyArn: leaf(keyArn),
      keepDays: z.number().optional(),
    })
    .optional(),
  accessLogs: z.strictObject({ targetBucket: requiredLeaf(nonEmptyText), targetPrefix: leaf(z.string()) }).optional(),
  freshness: z
    .strictObject({ topicArns: z.array(requiredLeaf(nonEmptyText)).min(1), objectiveHours: z.int().min(1).max(168).optional() })
    .optional(),
  writerTrust: leaf(trust),
  readerTrust: leaf(trust),
  prunerTrust: leaf(trust),
  drillTrust: leaf(trust),
  protect: z.boolean().optional(),
  tags: z.unknown().optional(),
});
