import {
  BackupStorageClass,
  counted,
  keptExpiry,
  LIFECYCLE_LOST_GUARDS,
  type LifecycleTier,
  ObjectLockMode,
  STORAGE_CLASSES,
} from "@pgkeep/core";
import { type BackupBucketArgs, BucketSetting } from "./BackupBucketArgs.js";
import type { BucketPlan } from "./bucketPlan.js";
import { STORE_PRINCIPALS } from "./storePolicies.js";

/** Hours that a recovery point may be old before its alarm fires. */
export const FRESHNESS_HOURS = 26;

/**
 * The whole declaration in sentences, one a line, for whoever reviews a preview. Names that are chosen at the deployment are not among them, so
 * that the first preview tells it all. The engine cuts lines at 150 characters.
 */
export function describeBucket(args: BackupBucketArgs, plan: BucketPlan): string {
  return [
    describeDestroy(args, plan),
    `holds recovery points of ${plan.clusters.join(", ")}${plan.prefix === "" ? "" : `, below ${plan.prefix}/`}`,
    ...describePlace(args, plan),
    ...describeRetention(args, plan),
    ...describeTiers(plan),
    ...describeImmutability(args, plan),
    describeEncryption(args, plan),
    ...describeCopies(args, plan),
    `access logs: ${args.accessLogs === undefined ? "none" : "written to another bucket"}`,
    ...describeRoles(args, plan),
  ].join("\n");
}

function describeDestroy({ existing }: BackupBucketArgs, { protect, declares }: BucketPlan): string {
  if (existing !== undefined && declares.size === 0) return "destroy: the bucket and all that stands on it stay";
  if (existing !== undefined) {
    return `destroy: ${protect ? "refused while protect is on" : "NOT PROTECTED"}; the bucket stays, what is declared on it would go`;
  }
  return protect
    ? "destroy: refused while protect is on: bucket, key and all that is declared on the bucket"
    : "destroy: NOT PROTECTED; S3 deletes a bucket only once it is empty, and nothing here empties it";
}

function describePlace({ existing }: BackupBucketArgs, { declares }: BucketPlan): string[] {
  if (existing === undefined) return ["bucket: of its own; versions are kept, public access is blocked, access control lists are off"];
  const [declared, left] = [true, false].map((wanted) =>
    Object.values(BucketSetting).filter((setting) => declares.has(setting) === wanted),
  );
  const names = (settings: BucketSetting[] = []) => (settings.length === 0 ? "nothing" : settings.join(", "));
  return [
    `bucket: one that exists; declared on it: ${names(declared)}`,
    `bucket: left as its owner has it: ${names(left)}${left?.includes(BucketSetting.Versioning) ? "; it must keep versions" : ""}`,
  ];
}

function describeRetention({ freshness }: BackupBucketArgs, plan: BucketPlan): string[] {
  const { intent, retention } = plan;
  const alarm =
    freshness === undefined
      ? []
      : [
          `alarm: for each cluster without a recovery point younger than ${freshness.objectiveHours ?? FRESHNESS_HOURS} hours, or without a run`,
        ];
  if (!plan.declares.has(BucketSetting.Lifecycle)) {
    return ["retention: the agent, by its own configuration; what lifecycle rules there are is the owner's matter", ...alarm];
  }
  const housekeeping = [
    `deleted: what is hidden can be brought back for ${counted(intent.noncurrentDays, "day")}, then S3 removes it for good`,
    `uploads: aborted after ${counted(intent.abortAfterDays, "day")} if not completed; the longest run takes ${counted(intent.longestRunHours, "hour")}`,
  ];
  if (retention === undefined) {
    return ["retention: the agent, by its own configuration; S3 removes no recovery point", ...alarm, ...housekeeping];
  }
  const classes = keptExpiry(intent);
  const later = Math.max(...classes.map(({ expireAfterDays, dataExpireAfterDays }) => dataExpireAfterDays - expireAfterDays));
  return [
    `retention: S3 alone, by class: ${classes.map(({ retentionClass, expireAfterDays }) => `${retentionClass} ${counted(expireAfterDays, "day")}`).join(", ")}`,
    `retention: manifests go first, what they name ${later} days later; bytes are paid for another ${counted(intent.noncurrentDays, "day")}`,
    ...LIFECYCLE_LOST_GUARDS.map((guard) => `lost guard: ${guard}`),
    ...alarm,
    ...housekeeping,
  ];
}

function describeTiers({ intent: { tiers }, lifecycle, copiesLifecycle }: BucketPlan): string[] {
  if (tiers.length === 0) return ["tiers: none, everything stays in the standard class"];
  const waiting = tiers.flatMap(({ storageClass, afterDays }) => {
    const { name, waits } = STORAGE_CLASSES[storageClass];
    return waits === undefined
      ? []
      : [`restore: from ${name}, after ${counted(afterDays, "day")}, waits ${waits} and is asked for by hand (aws s3api restore-object)`];
  });
  return [
    `tiers: ${tiers.map(describeTier).join(", ")}; only points/, nothing below 128 KB`,
    ...waiting,
    ...(tiers.some(({ storageClass }) => storageClass === BackupStorageClass.OneZoneInfrequentAccess)
      ? ["durability: One Zone-IA is in one Availability Zone only"]
      : []),
    ...[...new Set([...lifecycle.warnings, ...(copiesLifecycle?.warnings ?? [])])].map((warning) => `cost: ${warning}`),
  ];
}

function describeTier({ storageClass, afterDays }: LifecycleTier): string {
  return `${STORAGE_CLASSES[storageClass].name} after ${counted(afterDays, "day")}`;
}

function describeImmutability({ existing }: BackupBucketArgs, { lock, declares }: BucketPlan): string[] {
  const createOnly = declares.has(BucketSetting.Policy)
    ? ["immutability: nothing is overwritten, the bucket policy demands create-only writes"]
    : [];
  if (lock === undefined && existing !== undefined)
    return [...createOnly, "immutability: no Object Lock but the one of the bucket's owner"];
  if (lock === undefined) return [...createOnly, "immutability: no Object Lock; whoever may delete versions can delete them"];
  const days = counted(lock.days, "day");
  return [
    ...createOnly,
    lock.mode === ObjectLockMode.Compliance
      ? `immutability: Object Lock COMPLIANCE, ${days}: nobody removes anything before, not even the root user; CANNOT BE UNDONE`
      : `immutability: Object Lock GOVERNANCE, ${days}: removed before only by who is given s3:BypassGovernanceRetention`,
  ];
}

function describeEncryption({ kmsKeyArn }: BackupBucketArgs, plan: BucketPlan): string {
  const key = kmsKeyArn === undefined ? "a KMS key of its own, rotated each year" : "a KMS key that is given";
  if (!plan.encrypted) return "encryption: as the bucket's owner has it";
  const refused = plan.declares.has(BucketSetting.Policy) ? "; TLS only, any other encryption is refused" : "";
  return `encryption: ${key}${refused}`;
}

function describeCopies({ replication }: BackupBucketArgs, { retention, copiesLifecycle, intent, lock }: BucketPlan): string[] {
  if (replication === undefined) return ["copies: none in another Region"];
  const { region, keepDays } = replication;
  if (copiesLifecycle === undefined) return [`copies: in ${region}, in a bucket that exists; what is removed here is not removed there`];
  const stays =
    retention !== undefined
      ? "they expire by class, as here"
      : keepDays === undefined
        ? "they stay for ever: nothing removes them"
        : `they expire after ${counted(keepDays, "day")}, all of them`;
  return [
    `copies: in ${region}, in a bucket and with a key of its own${lock === undefined ? "" : ", locked as here"}; ${stays}`,
    `copies: removals and delete markers are not copied${intent.tiers.length === 0 ? "" : "; the same tiers"}`,
  ];
}

function describeRoles(args: BackupBucketArgs, { clusters, policed }: BucketPlan): string[] {
  const made = STORE_PRINCIPALS.filter((principal) => args[`${principal}Trust`] !== undefined);
  return [
    `roles: ${made.length === 0 ? "none" : made.join(", ")}; the writer never deletes, the pruner reads no dump`,
    ...(policed.length === clusters.length && policed.every((name, index) => name === clusters[index])
      ? []
      : [`rights: of all clusters below the prefix, since ${clusters.length} names are too long for a policy`]),
  ];
}
