import type { BackupStorageClass, ObjectLockMode, RetentionEnforcer, RetentionPreset } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";

/** One part of what stands on a bucket. Where a bucket exists already, each is declared only if it is asked for. */
export enum BucketSetting {
  /** Versions are kept. */
  Versioning = "versioning",
  /** All public access is blocked. */
  PublicAccess = "public-access",
  /** Access control lists are off, everything belongs to the bucket's owner. */
  Ownership = "ownership",
  /** Encryption with the KMS key unless a request says otherwise. */
  Encryption = "encryption",
  /** The bucket policy. A bucket has one: it replaces what stands there. */
  Policy = "policy",
  /** The lifecycle rules. A bucket has one set of them: they replace what stands there. */
  Lifecycle = "lifecycle",
}

/** A bucket that exists, made by somebody else. */
export interface ExistingBucketArgs {
  /** Its ARN, for example `arn:aws:s3:::my-backups`. It says name and partition, so that nothing has to be looked up. */
  arn: pulumi.Input<string>;
  /** Its Region. */
  region: pulumi.Input<string>;
  /**
   * What of it is declared here; the rest stays as its owner left it. Defaults to nothing: only the policies of the principals are made then. A
   * bucket policy and lifecycle rules replace those that stand there. Removing a setting from the list would remove it from the bucket, which `protect`
   * refuses.
   */
  declare?: BucketSetting[];
}

/** One step of "30 days, then archive". */
export interface BucketTierArgs {
  /** Where objects of this age move to. Only what lies below `points/` ever moves: manifests and records stay readable at once. */
  storageClass: BackupStorageClass;
  /**
   * Their age in whole days, from the object's creation: 30 or more for `STANDARD_IA` and `ONEZONE_IA`, else 0 or more, and more than that of
   * the step before, by 30 days where that was one of those two. What moved already does not move back when this changes.
   */
  afterDays: number;
}

/** Which recovery points stay, and who sees to it. */
export interface BucketRetentionArgs {
  /**
   * Who removes them. Defaults to `agent`. With `lifecycle` also set `retention.enforcedBy` in the agent's configuration, so that it writes the class
   * of each recovery point; objects that bear no class are never removed. The other values here mean something with `lifecycle` only.
   */
  enforcedBy?: RetentionEnforcer;
  /** A ready-made policy: `production` is 30 days and 52 weeks. What is written beside it wins over it. Write the same in the agent's configuration. */
  preset?: RetentionPreset;
  /** Days of which one recovery point each stays, 1 to 10000. Fewer of them expire what is older, at the next midnight of UTC. */
  keepDaily?: number;
  /** ISO weeks of which one recovery point each stays, 1 to 10000. */
  keepWeekly?: number;
  /** Months of which one recovery point each stays, 1 to 10000. */
  keepMonthly?: number;
  /** Years of which one recovery point each stays, 1 to 10000. */
  keepYearly?: number;
}

/** Nothing that is written goes before its time. */
export interface BucketObjectLockArgs {
  /** How firmly. Defaults to `GOVERNANCE`. `COMPLIANCE` cannot be undone by anybody: its days are paid for whatever happens. */
  mode?: ObjectLockMode;
  /**
   * Days from its creation for which each version is locked, 1 to 36500. Applies to what is written from then on; Object Lock itself can never be
   * turned off again. At most as many as `noncurrentDays` and, where S3 enforces retention, as the shortest-lived class lives.
   */
  days: number;
}

/** Copies in another Region, made by S3. */
export interface BucketReplicationArgs {
  /** The Region of the copies, another one than the bucket's. */
  region: string;
  /**
   * ARN of a bucket there that exists, with versioning, and with Object Lock where this one has it. Its policy and its key must let the role in.
   * Defaults to a bucket of its own, protected, with the same settings as this one.
   */
  destinationArn?: pulumi.Input<string>;
  /** ARN of the KMS key there. Required with `destinationArn`. Defaults to a key of its own, protected. */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * Days after which a copy expires, 1 or more, for a bucket of its own where the agent enforces retention. Defaults to never: what the agent removes is not removed
   * there. Where S3 enforces retention copies bear the same class and expire by the same rules.
   */
  keepDays?: number;
}

/** Server access logs. */
export interface BucketAccessLogsArgs {
  /**
   * Name of the bucket that takes them, in the same Region and account, with a policy that lets `logging.s3.amazonaws.com` write, encrypted with S3's
   * own keys, and without Object Lock: S3 refuses such a target.
   */
  targetBucket: pulumi.Input<string>;
  /** What the logs' names begin with. Defaults to the name of this component and a slash. */
  targetPrefix?: pulumi.Input<string>;
}

/** An alarm for each cluster that has no recovery point young enough. */
export interface BucketFreshnessArgs {
  /** ARNs of SNS topics, told when it fires and when it is over. */
  topicArns: pulumi.Input<string>[];
  /** The age that is still good, in whole hours from 1 to 168. Defaults to `26`: a day, and two hours for the run itself. */
  objectiveHours?: number;
}

/** A bucket for recovery points. */
export interface BackupBucketArgs {
  /**
   * The clusters whose recovery points it holds, as `cluster` in the agents' configurations. Lifecycle rules and rights are for them and no
   * others, so another name here leaves the old one's recovery points where they are, out of reach.
   */
  clusters: string[];
  /**
   * Name of the bucket, unique in the world. Defaults to the component's name and some random letters. Another name is another bucket, which `protect`
   * refuses.
   */
  bucketName?: pulumi.Input<string>;
  /** A bucket that exists, instead of one of its own. */
  existing?: ExistingBucketArgs;
  /** What stands before the clusters in the bucket, as in `store.url`. Defaults to nothing. */
  prefix?: string;
  /** The Region of the bucket. Defaults to the provider's. Another Region is another bucket, which `protect` refuses. */
  region?: pulumi.Input<string>;
  /**
   * ARN of a KMS key that exists. Defaults to a key of its own, rotated each year and protected. Changing it encrypts what is written from then on;
   * what was written needs the old key for as long as it lives.
   */
  kmsKeyArn?: pulumi.Input<string>;
  /** In which classes recovery points lie as they age. Defaults to none: they stay in the standard class. */
  tiers?: BucketTierArgs[];
  /** Which recovery points stay, and who sees to it. Defaults to the agent, by its own configuration. */
  retention?: BucketRetentionArgs;
  /**
   * Days for which what is deleted, by whomever, can be brought back (`pgkeep undelete`): S3 removes hidden versions after that. Defaults to `30`,
   * where S3 enforces retention to `7`, and never less than the days of Object Lock.
   */
  noncurrentDays?: number;
  /** Days after which S3 aborts an upload that was not completed, longer than the longest run. Defaults to `7`, or to what the longest run needs. */
  abortUploadsAfterDays?: number;
  /** Hours that the longest run takes, from 1 to 2400. Defaults to `24`. Nothing that a run of this length writes is removed under it. */
  longestRunHours?: number;
  /** Nothing that is written goes before its time. Defaults to no lock. Can be added later, for what is written from then on. */
  objectLock?: BucketObjectLockArgs;
  /** Copies in another Region. Defaults to none. Copies are made of what is written from then on. */
  replication?: BucketReplicationArgs;
  /** Server access logs. Defaults to none. */
  accessLogs?: BucketAccessLogsArgs;
  /** An alarm for what is missing. Defaults to none, and must be there where S3 enforces retention, where S3 would also expire the last recovery point. */
  freshness?: BucketFreshnessArgs;
  /** Trust policy as JSON of a role that is made for the writer, `pgkeep backup`. Defaults to no role; the policy is an output all the same. */
  writerTrust?: pulumi.Input<string>;
  /** Trust policy as JSON of a role that is made for the reader, `pgkeep restore`. Defaults to no role. */
  readerTrust?: pulumi.Input<string>;
  /** Trust policy as JSON of a role that is made for the pruner, `pgkeep retention apply`. Defaults to no role. */
  prunerTrust?: pulumi.Input<string>;
  /** Trust policy as JSON of a role that is made for drills, `pgkeep drill`: a reader that also writes what it proved. Defaults to no role. */
  drillTrust?: pulumi.Input<string>;
  /**
   * Whether the engine refuses to replace or delete the bucket, its key and everything that is declared on it, Object Lock and copies too. Defaults to
   * `true`. To let any of it go, deploy `false` first.
   */
  protect?: boolean;
  /** Tags of everything that takes tags. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
