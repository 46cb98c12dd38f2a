import type * as pulumi from "@pulumi/pulumi";

/** What RDS tells of an instance, by its own names. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
export enum RdsEventCategory {
  /** Shut down, restarted. */
  Availability = "availability",
  /** An automated backup or a snapshot began, or ended. */
  Backup = "backup",
  /** Something was modified; also that automated backups were turned on or off. */
  ConfigurationChange = "configuration change",
  /** An instance was made. */
  Creation = "creation",
  /** An instance was deleted. */
  Deletion = "deletion",
  /** A Multi-AZ instance changed sides. */
  Failover = "failover",
  /** The instance has failed. */
  Failure = "failure",
  /** Storage is nearly or fully used, upon which an instance stops. */
  LowStorage = "low storage",
  /** Maintenance that is due, under way or done. */
  Maintenance = "maintenance",
  /** What the operator should know. */
  Notification = "notification",
  /** Replication to a read replica. */
  ReadReplica = "read replica",
  /** An instance recovers. */
  Recovery = "recovery",
  /** An instance was restored from a snapshot or to a point in time. */
  Restoration = "restoration",
  /** Security patches of the operating system. */
  SecurityPatching = "security patching",
}

/** The freshness of one cluster's recovery points, as the agent writes it to its log. */
export interface ClusterFreshnessArgs {
  /** The cluster as the agent's configuration names it. Plain, because it is part of resources' names. */
  cluster: string;
  /**
   * Hours that the newest checked recovery point may be old: a whole number. Defaults to `26`, for daily backups. More than 168 needs
   * `runEveryHours`.
   */
  rpoHours?: pulumi.Input<number>;
  /** Days that the newest proven recovery point may be old: a whole number. Defaults to none, and proofs are then not watched. Giving it is plain. */
  provenWithinDays?: pulumi.Input<number>;
  /**
   * How far the alarms look back for a sign of the agent, from 1 to 168 whole hours: at least the time between two of its runs. Defaults to `rpoHours`.
   * An alarm of CloudWatch looks back at most 7 days, so an agent that runs less often cannot be watched by it.
   */
  runEveryHours?: pulumi.Input<number>;
}

/** Arguments of `BackupAlarms`. */
export interface BackupAlarmsArgs {
  /**
   * ARN of an SNS topic that exists, which all is published to, unchanged: its policy, and its key's, must allow that (`topicPolicy` says what).
   * Defaults to a topic of the component's own. Giving one is plain. Everything is then made in the topic's Region.
   */
  topicArn?: pulumi.Input<string>;
  /**
   * ARN of a KMS key for the component's own topic. Its policy must allow CloudWatch, RDS events and EventBridge `kms:GenerateDataKey` and
   * `kms:Decrypt`; the key `alias/aws/sns` does not, and drops what they publish. Defaults to a key of the component's own. Giving one is plain.
   */
  kmsKeyArn?: pulumi.Input<string>;
  /** E-mail addresses. Each gets a mail to confirm, and nothing before that. Defaults to none. Plain, because each is a resource. */
  emails?: string[];
  /**
   * HTTPS addresses that are told, by a name for each: an incident service's, for example. The address is kept secret, because it mostly holds a
   * key. Defaults to none. The names are plain, because each is a resource.
   */
  httpsEndpoints?: Record<string, pulumi.Input<string>>;
  /** Identifiers of the RDS instances whose events are told. Defaults to all of the Region and account. */
  instanceIdentifiers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Which of RDS's events are told. Defaults to `backup`, `configuration change` (that automated backups were turned off, too), `deletion`,
   * `failure` and `low storage`. An empty list makes no subscription.
   */
  rdsEvents?: RdsEventCategory[];
  /**
   * Whether backup, copy and restore jobs of AWS Backup that fail, expire or end in part are told, and restores whose validation failed. Defaults
   * to `true`. They are those of the whole Region and account.
   */
  awsBackup?: boolean;
  /** Clusters that the agent backs up. Defaults to none. */
  clusters?: ClusterFreshnessArgs[];
  /** Region of everything here. Defaults to the topic's, and without one to the provider's. Another Region is another set of alarms. */
  region?: pulumi.Input<string>;
  /** Whether Pulumi refuses to delete or replace the component's own topic, with its confirmed subscriptions, and its key. Defaults to `true`. */
  protect?: boolean;
  /** Tags of everything that takes tags. Defaults to none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
