import { argumentProblems, isDeferred, lifecycleRefusals, type Problem, parseArn } from "@pgkeep/core";
import { type BackupBucketArgs, BucketSetting } from "./BackupBucketArgs.js";
import { type BucketPlan, planBucket } from "./bucketPlan.js";
import { bucketSchema } from "./bucketSchema.js";
import { existingProblems } from "./existingProblems.js";

/** Everything that is wrong with the arguments as far as they are known. */
export function bucketProblems(args: BackupBucketArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(bucketSchema, args);
  if (!wellFormed || problems.length > 0) return problems;
  const plan = planBucket(args);
  return [
    ...clusterProblems(args),
    ...existingProblems(args, plan),
    ...retentionProblems(args, plan),
    ...plan.lifecycle.problems,
    // What the copies share with the bucket was told already.
    ...(plan.lifecycle.problems.length > 0 ? [] : (plan.copiesLifecycle?.problems ?? [])),
    ...replicationProblems(args, plan),
    ...accessLogProblems(args),
  ];
}

function clusterProblems({ clusters }: BackupBucketArgs): Problem[] {
  return clusters.flatMap((name, index): Problem[] =>
    clusters.indexOf(name) === index
      ? []
      : [{ where: `clusters[${index}]`, received: JSON.stringify(name), reason: "this cluster is listed twice" }],
  );
}

function retentionProblems({ retention = {}, freshness }: BackupBucketArgs, plan: BucketPlan): Problem[] {
  const { enforcedBy: _, ...policy } = retention;
  const written = Object.entries(policy).filter(([, value]) => value !== undefined);
  if (plan.retention === undefined) {
    return written.map(([name, value]) => ({
      where: `retention.${name}`,
      received: JSON.stringify(value),
      reason: "the agent enforces retention here, by its own configuration: this would change nothing",
      next: "write it there, or set retention.enforcedBy: lifecycle",
    }));
  }
  return [
    ...lifecycleRefusals(policy).map(({ path, ...refusal }) => ({
      where: ["retention", ...path].join("."),
      received: JSON.stringify(policy[path[0] as keyof typeof policy]),
      ...refusal,
    })),
    ...(written.length > 0
      ? []
      : [
          {
            where: "retention",
            reason: "S3 enforces retention here, and this policy says of no recovery point how long it stays",
            allowed: "preset, or one or more of keepDaily, keepWeekly, keepMonthly, keepYearly",
            next: "write for example preset: production",
          },
        ]),
    ...(freshness !== undefined
      ? []
      : [
          {
            where: "freshness",
            reason: "S3 enforces retention here, and where backups stop it would in time expire the last one: somebody must be told before",
            next: "name an SNS topic in freshness.topicArns, or leave retention to the agent",
          },
        ]),
  ];
}

function replicationProblems(args: BackupBucketArgs, plan: BucketPlan): Problem[] {
  const { replication, region, existing } = args;
  if (replication === undefined) return [];
  const { destinationArn, kmsKeyArn, keepDays } = replication;
  const home = existing?.region ?? region;
  const keyRegion = typeof kmsKeyArn === "string" ? parseArn(kmsKeyArn)?.region : undefined;
  const problem = (where: string, wrong: boolean, rest: Omit<Problem, "where">): Problem[] => (wrong ? [{ where, ...rest }] : []);
  return [
    ...problem("replication.region", home === replication.region, {
      received: replication.region,
      reason: "the bucket is in this Region: copies there would go with it",
      allowed: "another Region",
    }),
    ...problem("replication.kmsKeyArn", destinationArn !== undefined && kmsKeyArn === undefined, {
      reason: "S3 copies what a KMS key encrypts only where it is told the key of the destination",
      next: "name the key that encrypts the destination bucket",
    }),
    ...problem("replication.kmsKeyArn", keyRegion !== undefined && keyRegion !== replication.region, {
      received: String(kmsKeyArn),
      reason: `a key works in its own Region, and the copies are in ${replication.region}`,
      allowed: `a key of ${replication.region}`,
    }),
    ...problem("replication.keepDays", keepDays !== undefined && destinationArn !== undefined, {
      received: String(keepDays),
      reason: "the rules of a bucket that exists are its owner's",
      next: "remove it, or let the component make the bucket of the copies",
    }),
    ...problem("replication.keepDays", keepDays !== undefined && plan.retention !== undefined, {
      received: String(keepDays),
      reason: "S3 enforces retention here, and copies bear the class of what they are copies of: they expire by the same rules",
      next: "remove it",
    }),
    ...problem("kmsKeyArn", !plan.encrypted, {
      reason: "copies are made of what a KMS key encrypts, and none is named",
      next: `name the key of the bucket, or add ${BucketSetting.Encryption} to existing.declare`,
    }),
  ];
}

function accessLogProblems({ accessLogs, bucketName, existing, objectLock }: BackupBucketArgs): Problem[] {
  if (accessLogs === undefined) return [];
  const { targetBucket } = accessLogs;
  const own = existing === undefined ? bucketName : isDeferred(existing.arn) ? undefined : parseArn(existing.arn as string)?.resource;
  if (typeof targetBucket !== "string" || targetBucket !== own) return [];
  return [
    {
      where: "accessLogs.targetBucket",
      received: targetBucket,
      reason:
        objectLock === undefined
          ? "this is the bucket itself: each log that is written would make another"
          : "this is the bucket itself, and S3 writes no logs to a bucket with Object Lock",
      allowed: "another bucket of the same Region and account, without Object Lock",
    },
  ];
}
