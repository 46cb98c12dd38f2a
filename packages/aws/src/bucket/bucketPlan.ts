import {
  type BucketLifecycle,
  bucketLifecycle,
  type LifecycleIntent,
  ObjectLockMode,
  RetentionEnforcer,
  type RetentionRules,
  retentionRules,
} from "@pgkeep/core";
import { type BackupBucketArgs, type BucketObjectLockArgs, BucketSetting } from "./BackupBucketArgs.js";
import { namedClusters } from "./storePolicies.js";

/** What the arguments mean, defaults in place. Plain: it decides which children there are. */
export interface BucketPlan {
  prefix: string;
  clusters: string[];
  /** Those that policies name; one that stands for any where there are too many. */
  policed: string[];
  /** The policy that S3 enforces; undefined where the agent does. */
  retention: RetentionRules | undefined;
  intent: LifecycleIntent;
  lifecycle: BucketLifecycle;
  /** Of a bucket of copies that is made; undefined where none is. */
  copiesLifecycle: BucketLifecycle | undefined;
  declares: ReadonlySet<BucketSetting>;
  lock: Required<BucketObjectLockArgs> | undefined;
  /** Whether a KMS key is made. */
  ownKey: boolean;
  /** Whether a KMS key encrypts, made or given. */
  encrypted: boolean;
  protect: boolean;
}

const AGENT_NONCURRENT_DAYS = 30;
/** Every recovery point lies so much longer where S3 expires it: it only hides it first. */
const LIFECYCLE_NONCURRENT_DAYS = 7;
const ABORT_AFTER_DAYS = 7;
const LONGEST_RUN_HOURS = 24;

export function planBucket(args: BackupBucketArgs): BucketPlan {
  const { retention: written = {}, objectLock, replication, existing, kmsKeyArn } = args;
  const { enforcedBy = RetentionEnforcer.Agent, ...policy } = written;
  const retention = enforcedBy === RetentionEnforcer.Lifecycle ? retentionRules(policy) : undefined;
  const lock = objectLock === undefined ? undefined : { mode: ObjectLockMode.Governance, ...objectLock };
  const longestRunHours = args.longestRunHours ?? LONGEST_RUN_HOURS;
  const least = retention === undefined ? AGENT_NONCURRENT_DAYS : LIFECYCLE_NONCURRENT_DAYS;
  const intent: LifecycleIntent = {
    prefix: args.prefix ?? "",
    clusters: args.clusters,
    tiers: args.tiers ?? [],
    retention,
    noncurrentDays: args.noncurrentDays ?? Math.max(least, lock?.days ?? 0),
    abortAfterDays: args.abortUploadsAfterDays ?? Math.max(ABORT_AFTER_DAYS, Math.floor(longestRunHours / 24) + 1),
    longestRunHours,
    lockDays: lock?.days,
  };
  const declares = new Set(existing === undefined ? Object.values(BucketSetting) : (existing.declare ?? []));
  const ownKey = kmsKeyArn === undefined && declares.has(BucketSetting.Encryption);
  const copies = replication !== undefined && replication.destinationArn === undefined;
  return {
    prefix: intent.prefix,
    clusters: args.clusters,
    policed: namedClusters({ prefix: intent.prefix, clusters: args.clusters, tagged: retention !== undefined }),
    retention,
    intent,
    lifecycle: bucketLifecycle(intent),
    copiesLifecycle: copies ? bucketLifecycle(copiesIntent(intent, replication.keepDays)) : undefined,
    declares,
    lock,
    ownKey,
    encrypted: ownKey || kmsKeyArn !== undefined,
    protect: args.protect ?? true,
  };
}

function copiesIntent(intent: LifecycleIntent, keepDays: number | undefined): LifecycleIntent {
  return keepDays === undefined || intent.retention !== undefined ? intent : { ...intent, keepDays };
}
