import {
  allowedBackupName,
  type BackupNameKind,
  backupNameProblem,
  judgedText,
  leaf,
  nonEmptyText,
  parseArn,
  requiredLeaf,
  vaultOfArn,
} from "@pgkeep/core";
import { z } from "zod";
import { arnOf } from "../agentTask/agentTaskSchema.js";
import { BackupPlanPreset, BackupVaultLockMode } from "./BackupPlanArgs.js";

export const backupName = (kind: BackupNameKind) =>
  judgedText((text) => backupNameProblem(kind, text), { allowed: allowedBackupName(kind) });

export const vaultArnText = judgedText((text) => (vaultOfArn(text) ? undefined : "this is no ARN of a backup vault"), {
  allowed: "arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME",
});

export const kmsKeyArn = arnOf("kms", "arn:aws:kms:eu-central-1:123456789012:key/…");
export const roleArnText = arnOf("iam", "arn:aws:iam::123456789012:role/NAME");

const anyArn = judgedText((text) => (parseArn(text) ? undefined : "this is no ARN"), { allowed: "arn:aws:rds:REGION:ACCOUNT:db:NAME" });

const regionName = judgedText((text) => (/^[a-z]{2}(-[a-z]+)+-\d$/.test(text) ? undefined : "this is no Region"), {
  allowed: "a Region by its name, for example eu-west-1",
});

const childName = judgedText((text) => (/^[A-Za-z0-9-]{1,40}$/.test(text) ? undefined : "this cannot be part of a name"), {
  allowed: "1 to 40 letters, digits and hyphens",
});

/** The range of each number has a reason, which `backupPlanProblems` tells. */
const number = leaf(z.number());

/** AWS's own limits. https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
export const tagConditions = z.record(
  judgedText((key) => (key.length >= 1 && key.length <= 128 ? undefined : "a tag's key has 1 to 128 characters")),
  requiredLeaf(judgedText((value) => (value.length <= 256 ? undefined : "a tag's value has at most 256 characters"))),
);

const vault = z.strictObject({
  name: backupName("vault").optional(),
  keyArn: leaf(kmsKeyArn),
  lock: z
    .strictObject({
      mode: z.enum(BackupVaultLockMode).optional(),
      changeableForDays: z.number().optional(),
      minRetentionDays: z.number().optional(),
      maxRetentionDays: z.number().optional(),
    })
    .optional(),
  unlocked: z.boolean().optional(),
  recoveryPointAdministrators: z.array(requiredLeaf(arnOf("iam", "arn:aws:iam::123456789012:role/NAME"))).optional(),
  forceDestroy: z.boolean().optional(),
});

const rule = z.strictObject({
  name: backupName("rule"),
  schedule: requiredLeaf(z.string()),
  timeZone: leaf(z.string()),
  retentionDays: requiredLeaf(z.number()),
  continuous: z.boolean().optional(),
  coldStorageAfterDays: number,
  startWindowMinutes: number,
  completionWindowMinutes: number,
  copies: z.array(z.strictObject({ to: z.string(), retentionDays: number, coldStorageAfterDays: number })).optional(),
  recoveryPointTags: z.record(z.string(), requiredLeaf(z.string())).optional(),
});

/** What the arguments must be, each by itself. What they must be together is in `backupPlanProblems`. */
export const backupPlanSchema = z.strictObject({
  selections: z
    .array(
      z.strictObject({
        name: backupName("selection"),
        tags: tagConditions.optional(),
        resourceArns: z.array(requiredLeaf(anyArn)).min(1).optional(),
      }),
    )
    .min(1),
  rules: z.array(rule).min(1).optional(),
  preset: z.enum(BackupPlanPreset).optional(),
  timeZone: leaf(z.string()),
  vault: vault.optional(),
  vaultArn: leaf(vaultArnText),
  destinations: z
    .array(
      z.strictObject({
        name: childName,
        region: regionName.optional(),
        vault: vault.optional(),
        vaultArn: leaf(vaultArnText),
        keyArn: leaf(kmsKeyArn),
      }),
    )
    .optional(),
  roleArn: leaf(roleArnText),
  databaseKeyArns: z.array(requiredLeaf(kmsKeyArn)).min(1).optional(),
  maintenanceWindow: leaf(nonEmptyText),
  planName: backupName("plan").optional(),
  region: leaf(regionName),
  protect: z.boolean().optional(),
  tags: z.unknown().optional(),
});
