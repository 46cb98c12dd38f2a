import {
  argumentProblems,
  isDeferred,
  judgedText,
  kmsKeyArnProblem,
  LONGEST_REPLICA_RETENTION_DAYS,
  leaf,
  type Problem,
  RDS_INSTANCE_ARN_FORM,
  rdsInstanceArnProblem,
  regionNameProblem,
  replicationProblems,
  requiredLeaf,
} from "@pgkeep/core";
import { z } from "zod";
import type { BackupReplicationArgs } from "./BackupReplicationArgs.js";

const days = z.number().superRefine((value, context) => {
  if (Number.isInteger(value) && value >= 1 && value <= LONGEST_REPLICA_RETENTION_DAYS) return;
  const message =
    value > LONGEST_REPLICA_RETENTION_DAYS ? "RDS keeps replicated backups for 35 days at most" : "RDS keeps them for whole days";
  context.addIssue({ code: "custom", message, params: { allowed: "a whole number from 1 to 35" } });
});

const schema = z.strictObject({
  sourceInstanceArn: requiredLeaf(judgedText(rdsInstanceArnProblem, { allowed: RDS_INSTANCE_ARN_FORM })),
  destinationRegion: requiredLeaf(judgedText(regionNameProblem, { allowed: "a Region, for example eu-west-1" })),
  retentionDays: leaf(days),
  kmsKeyArn: leaf(judgedText(kmsKeyArnProblem, { allowed: "arn:aws:kms:REGION:ACCOUNT:key/ID" })),
  sourceEncrypted: z.boolean().optional(),
  protect: z.boolean().optional(),
  tags: z.unknown().optional(),
});

/** Everything that is wrong with the arguments, as far as they are known. */
export function replicationArgumentProblems(args: BackupReplicationArgs): Problem[] {
  const { problems } = argumentProblems(schema, args);
  const { sourceInstanceArn, destinationRegion, kmsKeyArn } = args;
  return [
    ...problems,
    ...replicationProblems({
      sourceInstanceArn: known(sourceInstanceArn),
      destinationRegion: known(destinationRegion),
      kmsKeyArn: known(kmsKeyArn),
    }),
    ...(args.sourceEncrypted === false && kmsKeyArn !== undefined
      ? [
          {
            where: "kmsKeyArn",
            received: known(kmsKeyArn) ?? "a key that is known at the deployment",
            reason: "sourceEncrypted says that the instance is not encrypted, and RDS then encrypts no replica",
            next: "remove kmsKeyArn, or sourceEncrypted",
          },
        ]
      : []),
  ];
}

function known(value: unknown): string | undefined {
  return isDeferred(value) || typeof value !== "string" ? undefined : value;
}
