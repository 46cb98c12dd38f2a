import type { RetentionEnforcer, RetentionPreset, SnapshotFallback, SslMode } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";
import type { AgentTaskArgs } from "../agentTask/AgentTaskArgs.js";

/** The server whose databases are dumped, and how the agent signs in. */
export interface DumpServerArgs {
  /** Host name or address, for RDS the endpoint. Another server needs another `cluster`: the history in the store is of one. */
  host: pulumi.Input<string>;
  /** TCP port, from 1 to 65535. Defaults to `5432`. */
  port?: pulumi.Input<number>;
  /** The role that dumps, for example the dump role of `PostgresAccess`. */
  username: pulumi.Input<string>;
  /** ARN of the secret in Secrets Manager, or of the parameter in Systems Manager, with its password. Read at the start of each run. */
  passwordSecretArn?: pulumi.Input<string>;
  /** Key of the password in the secret's JSON document. Defaults to `password`, as in the secrets that RDS makes; the empty text for a secret that is the password itself. */
  passwordJsonKey?: pulumi.Input<string>;
  /**
   * Whether it signs in by IAM instead of a password: each connection gets a token of its own, and there is no secret at all. Defaults to `false`. Needs
   * `resourceId`, IAM authentication on the instance, and `GRANT rds_iam` to the role.
   */
  iamAuthentication?: boolean;
  /** The instance's `DbiResourceId` (`db-…`), a cluster's (`cluster-…`) or a proxy's (`prx-…`), in the task's own account and Region. For `iamAuthentication`. */
  resourceId?: pulumi.Input<string>;
  /** How connections are encrypted. Defaults to `verify-full`. */
  sslMode?: pulumi.Input<SslMode>;
  /** File of trusted authorities in the image, or `system`, or `rds` for those of Amazon RDS, which come with the agent. Defaults to `rds` for an RDS endpoint, else to `system`. */
  sslRootCertificate?: pulumi.Input<string>;
  /** Database to connect to for what concerns the whole server. Defaults to `postgres`. */
  maintenanceDatabase?: pulumi.Input<string>;
}

/** The store, as `BackupBucket` gives it out. */
export interface DumpStoreArgs {
  /** `s3://BUCKET/PREFIX`, as `storeUrl` of `BackupBucket`. Another store begins a new history; the old one stays where it is. */
  url: pulumi.Input<string>;
  /** The bucket's Region. Defaults to the task's. */
  region?: pulumi.Input<string>;
  /** What the dump may do in the store, as an IAM policy in JSON: `writerPolicy` of `BackupBucket`. It should not be able to delete. */
  writerPolicy: pulumi.Input<string>;
  /** What the pruner may do in the store: `prunerPolicy` of `BackupBucket`. Needed for `retentionSchedule`, whose task alone gets it. */
  prunerPolicy?: pulumi.Input<string>;
}

/** How manifests are signed. */
export interface DumpSigningArgs {
  /** ARN of the secret or parameter with the ed25519 private key in PEM. Defaults to none: manifests are not signed. */
  privateKeySecretArn?: pulumi.Input<string>;
  /** Public keys (base64 of the raw 32 bytes). Where any is given, manifests without a valid signature of one of them are refused. Defaults to none. */
  publicKeys?: pulumi.Input<pulumi.Input<string>[]>;
}

/** What recovery points are held against by `pgkeep status` and retention. The alarm has its own `freshnessHours`. */
export interface DumpObjectivesArgs {
  /** How old the newest good recovery point may be, for example `26h`. Defaults to nothing. */
  rpo?: pulumi.Input<string>;
  /** How long ago the last drill that passed may be, for example `35d`; retention stops while nothing was proven within it. Defaults to nothing. */
  provenWithin?: pulumi.Input<string>;
}

/** Which recovery points stay: the section `retention` of the agent's configuration. */
export interface DumpRetentionArgs {
  /** Who removes: `agent`, by `retentionSchedule` or elsewhere, or `lifecycle`, the bucket itself. Defaults to `agent`. Say the same as `BackupBucket`. */
  enforcedBy?: pulumi.Input<RetentionEnforcer>;
  /** A ready-made policy: `production` is 30 days and 52 weeks. What is written beside it wins over it. */
  preset?: pulumi.Input<RetentionPreset>;
  /** How many of the newest stay, 1 to 10000. */
  keepLast?: pulumi.Input<number>;
  /** Hours of which the newest stays, 1 to 10000. */
  keepHourly?: pulumi.Input<number>;
  /** Days of which the newest stays, 1 to 10000. */
  keepDaily?: pulumi.Input<number>;
  /** ISO weeks of which the newest stays, 1 to 10000. */
  keepWeekly?: pulumi.Input<number>;
  /** Months of which the newest stays, 1 to 10000. */
  keepMonthly?: pulumi.Input<number>;
  /** Years of which the newest stays, 1 to 10000. */
  keepYearly?: pulumi.Input<number>;
  /** Everything younger than this stays, for example `48h`. */
  keepWithin?: pulumi.Input<string>;
  /** How many good ones stay whatever the rules say. Defaults to `3`, or fewer where the rules keep fewer. */
  minimum?: pulumi.Input<number>;
  /** How long a suspicious one stays that nobody accepts. Defaults to `90d`. */
  keepSuspicious?: pulumi.Input<string>;
}

/** How the databases are dumped: of the sections `dump` and `snapshot` of the agent's configuration. */
export interface DumpOptionsArgs {
  /** Databases dumped at the same time, 1 to 64. Defaults to `2`. */
  parallel?: pulumi.Input<number>;
  /** zstd level, 1 to 19. Defaults to `3`. */
  compressionLevel?: pulumi.Input<number>;
  /** What the role cannot dump and may be missing, by the names that the agent's error gives. Defaults to nothing. */
  waive?: pulumi.Input<pulumi.Input<string>[]>;
  /** How long the agent tries to see all databases at one instant, for example `30s`. Defaults to `30s`. */
  snapshotTimeout?: pulumi.Input<string>;
  /** How long it waits for a lock on the tables in one attempt. Defaults to `10s`. */
  lockTimeout?: pulumi.Input<string>;
  /** What it does past the bound. Defaults to `fail`. */
  snapshotFallback?: pulumi.Input<SnapshotFallback>;
}

/** Arguments of `ScheduledDump`. */
export interface ScheduledDumpArgs {
  /** Name of the PostgreSQL cluster in the store: lower-case letters, digits and hyphens, at most 63. Changing it begins a new history; the old one stays. */
  cluster: pulumi.Input<string>;
  /** Databases that belong together: every recovery point holds all of them at one instant. A change applies to later recovery points. */
  databases: pulumi.Input<pulumi.Input<string>[]>;
  /** The server. */
  server: DumpServerArgs;
  /** Where recovery points go. */
  store: DumpStoreArgs;
  /** The task that dumps. */
  task: AgentTaskArgs;
  /** When, in the five fields of cron, for example `0 2 * * *`. Changing it makes neither a run nor a gap: the next time of the new schedule runs. */
  schedule: pulumi.Input<string>;
  /** IANA time zone of the schedules, for example `Europe/Berlin`. Defaults to `UTC`. */
  timeZone?: pulumi.Input<string>;
  /** Whether the schedules run. Defaults to `true`. While they do not, the freshness alarm fires: that is what it is for. */
  enabled?: pulumi.Input<boolean>;
  /** How long a run may take, from `1s` to `7d`, for example `6h`. Defaults to `6h`. Past it the run ends in order, with nothing committed. ECS itself knows no limit. */
  deadline?: pulumi.Input<string>;
  /** age public keys that every object is encrypted with before it leaves the agent; name an escrow key too. Defaults to none, and `effectivePolicy` says so. A change applies to later recovery points. */
  encryptionRecipients?: pulumi.Input<pulumi.Input<string>[]>;
  /** How manifests are signed. Defaults to not at all. */
  signing?: DumpSigningArgs;
  /** What recovery points are held against. Defaults to nothing. */
  objectives?: DumpObjectivesArgs;
  /** Which recovery points stay. Defaults to all of them. A change removes nothing by itself. */
  retention?: DumpRetentionArgs;
  /** How the databases are dumped. */
  dump?: DumpOptionsArgs;
  /**
   * When `retention` is applied, in five fields of cron, by a task of its own with the pruner's rights: the dump never may delete. Defaults to never. Plain,
   * because it decides which resources there are.
   */
  retentionSchedule?: string;
  /** ARN of an ECS cluster that exists. Defaults to one of its own. */
  ecsClusterArn?: pulumi.Input<string>;
  /** ARN of an SNS topic that exists, which EventBridge and CloudWatch may publish to. Defaults to one of its own, protected. */
  topicArn?: pulumi.Input<string>;
  /** ARN of an SQS queue that exists, for invocations that could not be made. Defaults to one of its own, with an alarm. */
  deadLetterQueueArn?: pulumi.Input<string>;
  /**
   * Age in hours, 1 to 168, that the newest good recovery point may have before the alarm fires. Defaults to the longest time between two runs and two hours. `0`
   * turns the alarm off, and `effectivePolicy` says so. Plain, because it decides which resources there are.
   */
  freshnessHours?: number;
  /** Whether the topic of its own is protected from being destroyed. Defaults to `true`. To destroy it deploy `false` first. */
  protect?: boolean;
  /** Region of everything declared here. Defaults to the provider's. Another Region replaces it all, which `protect` refuses. */
  region?: pulumi.Input<string>;
  /** Tags of everything that takes them. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
