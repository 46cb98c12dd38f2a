import type * as pulumi from "@pulumi/pulumi";
import type { AgentTaskArgs } from "../agentTask/AgentTaskArgs.js";

/** Which recovery point of a database is restored. */
export enum RestoreTestingAlgorithm {
  /** The newest within the window: what would be restored after a loss. */
  Latest = "latest",
  /** Any within the window: whether old ones are still good, too. */
  Random = "random",
}

/** Where a restored instance is. Nobody but the validation gets to it, and it has no public address. */
export interface RestoreTestNetworkArgs {
  /** Private subnets in two zones or more, for a DB subnet group of its own. Either these or `subnetGroupName`. */
  subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** A DB subnet group that exists. Either this or `subnetIds`. */
  subnetGroupName?: pulumi.Input<string>;
  /** VPC of the subnets, for a security group of its own that lets nobody in but the validation. Either this or `securityGroupId`. */
  vpcId?: pulumi.Input<string>;
  /** A security group that exists. Its owner lets the validation's task in. Either this or `vpcId`. */
  securityGroupId?: pulumi.Input<string>;
}

/** The store that the verdict is kept in, as `BackupBucket` gives it out. */
export interface RestoreTestStoreArgs {
  /** `s3://BUCKET/PREFIX`, as `storeUrl` of `BackupBucket`. */
  url: pulumi.Input<string>;
  /** The bucket's Region. Defaults to the task's. */
  region?: pulumi.Input<string>;
  /** What the drill may do in the store, as an IAM policy in JSON: `drillPolicy` of `BackupBucket`. */
  drillPolicy: pulumi.Input<string>;
}

/** The drill that looks through each restored instance and tells AWS Backup what it found. */
export interface RestoreTestValidationArgs {
  /** Name of the PostgreSQL cluster in the store, as `ScheduledDump` has it. */
  cluster: pulumi.Input<string>;
  /** Databases that the cluster's recovery points hold, as `ScheduledDump` has them. The drill looks through every database of the instance all the same. */
  databases: pulumi.Input<pulumi.Input<string>[]>;
  /** Where the results are kept. */
  store: RestoreTestStoreArgs;
  /**
   * The task on ECS Fargate. Its network names subnets and their VPC (or its own `securityGroupId`), and nothing of a database: that is the restored
   * instance. It needs a way to RDS, AWS Backup, S3 and CloudWatch Logs by NAT or endpoints.
   */
  task: AgentTaskArgs;
  /** ARN of an ECS cluster that exists. Defaults to one of its own. */
  ecsClusterArn?: pulumi.Input<string>;
  /** ARN of an SNS topic that exists, which EventBridge and CloudWatch may publish to. Defaults to one of its own, protected. */
  topicArn?: pulumi.Input<string>;
  /** ARN of an SQS queue that exists, for tasks that could not be started, to which EventBridge may send. Defaults to one of its own, with an alarm. */
  deadLetterQueueArn?: pulumi.Input<string>;
}

/** Arguments of `RestoreTesting`. */
export interface RestoreTestingArgs {
  /** ARNs of the vaults whose recovery points are restored, 1 to 30, in the Region of the test: `vaultArn` of `BackupPlan`. */
  vaultArns: pulumi.Input<string>[];
  /** ARNs of the RDS instances whose backups are tested, 1 to 30. Either these or `databaseTags`. */
  databaseArns?: pulumi.Input<string>[];
  /** Tags that a database's newest recovery point must all have, 1 to 30. Either these or `databaseArns`. */
  databaseTags?: Record<string, pulumi.Input<string>>;
  /** When, in five fields of cron, at most once an hour, for example `0 4 * * SUN`. */
  schedule: pulumi.Input<string>;
  /** Time zone of the schedule, a name of the IANA database. Defaults to `UTC`. */
  timeZone?: pulumi.Input<string>;
  /** Hours within which a test begins, 1 to 168; AWS Backup picks the moment. Defaults to `4`. */
  startWindowHours?: pulumi.Input<number>;
  /** Which recovery point is restored. Defaults to `latest`. */
  algorithm?: pulumi.Input<RestoreTestingAlgorithm>;
  /** Days that a recovery point may be old, 1 to 365. Defaults to `30`. A database that has none of these is left out without an error. */
  selectionWindowDays?: pulumi.Input<number>;
  /** Whether continuous backups are restored as well as snapshots. Defaults to `true`. */
  includeContinuous?: boolean;
  /** Where restored instances are. */
  network: RestoreTestNetworkArgs;
  /** Class of restored instances, for example `db.t4g.medium`. Defaults to that of the original. */
  instanceClass?: pulumi.Input<string>;
  /** DB parameter group of restored instances. Defaults to RDS's own for the version: settings and preloaded libraries of the original may then be missing. */
  parameterGroupName?: pulumi.Input<string>;
  /**
   * Hours that a restored instance is kept for its validation, 1 to 168. Then AWS Backup deletes it, and counts a validation that has not answered as timed
   * out. Defaults to `12` with `validation`; without one the instance goes at once.
   */
  validationWindowHours?: pulumi.Input<number>;
  /** The drill that validates. Defaults to none: then a restore counts as good that merely ended. */
  validation?: RestoreTestValidationArgs;
  /** A role that exists, which AWS Backup restores in. Defaults to one of its own that may restore RDS instances, and delete test instances alone. */
  roleArn?: pulumi.Input<string>;
  /** KMS keys that the backups are encrypted with: the own role may use these alone. Defaults to every key of the account in this Region, through RDS only. */
  databaseKeyArns?: pulumi.Input<string>[];
  /** Name of the restore testing plan, 1 to 50 letters, digits and underscores. Defaults to the component's name with underscores. Another name is another plan. */
  planName?: string;
  /** Region of the tests. Defaults to the provider's. */
  region?: pulumi.Input<string>;
  /** Whether the topic of its own is protected from being destroyed. Defaults to `true`. To destroy it deploy `false` first. */
  protect?: boolean;
  /** Tags of everything that takes them. Restored instances have AWS Backup's own. Defaults to none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
