import type * as pulumi from "@pulumi/pulumi";

/** Kinds of storage. */
export enum RdsStorageType {
  /** General purpose SSD: 3,000 operations a second at any size, more can be bought from 400 GiB on. */
  Gp3 = "gp3",
  /** Provisioned SSD, from 100 GiB on: bought by its operations a second. */
  Io2 = "io2",
}

/** Logs that RDS for PostgreSQL exports to CloudWatch. */
export enum RdsLogExport {
  /** The server's log. */
  Postgresql = "postgresql",
  /** What `pg_upgrade` writes in a major upgrade. */
  Upgrade = "upgrade",
  /** Logins by IAM that failed. */
  IamAuthenticationErrors = "iam-db-auth-error",
}

/** Who decides how long automated backups are kept, and when they are taken. */
export enum RdsBackupOwner {
  /** This declaration. */
  Rds = "rds",
  /** A continuous rule of AWS Backup, which sets retention and backup window of the instance by itself. */
  AwsBackup = "aws-backup",
}

/** Where a connection comes from or goes to: exactly one of its four kinds. */
export interface RdsPeerArgs {
  /** Name of this peer, unique in its list: small letters, digits and hyphens. It names the rule, so another name is another rule. */
  name: string;
  /** A security group, for example that of an application. */
  securityGroupId?: pulumi.Input<string>;
  /** A range of IPv4 addresses, for example `10.0.0.0/16`. The whole Internet is refused. */
  cidrIpv4?: pulumi.Input<string>;
  /** A range of IPv6 addresses. The whole Internet is refused. */
  cidrIpv6?: pulumi.Input<string>;
  /** A prefix list. */
  prefixListId?: pulumi.Input<string>;
}

/** What the instance itself connects to. */
export interface RdsDestinationArgs extends RdsPeerArgs {
  /** TCP port, from 1 to 65535. */
  port: pulumi.Input<number>;
}

/** Where the instance is, and who reaches it. It has no public address. */
export interface RdsNetworkArgs {
  /** The VPC of a security group of its own. Required unless `securityGroupId` is given. Another VPC is another group. */
  vpcId?: pulumi.Input<string>;
  /** Subnets in at least two Availability Zones, for a subnet group of its own. Required unless `subnetGroupName` is given. Changed in place. */
  subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** A subnet group that exists. Then `subnetIds` is left out. */
  subnetGroupName?: pulumi.Input<string>;
  /** A security group that exists. Then `vpcId` is left out, and the rules for `clients` and `destinations` are added to it. */
  securityGroupId?: pulumi.Input<string>;
  /** Who may connect. Defaults to nobody. Removing one takes its access away at once; connections that are open go on. */
  clients?: RdsPeerArgs[];
  /** What the server itself may connect to, as `postgres_fdw` or `aws_s3` do. Defaults to nothing: answers to clients need no rule. */
  destinations?: RdsDestinationArgs[];
}

/** Size and kind of the storage. */
export interface RdsStorageArgs {
  /**
   * Size at the beginning in GiB, from 20 to 65536, for io2 from 100. Defaults to `20` for gp3 and `100` for io2. It can be raised in place and
   * never lowered. Required with `restore`: at least what the source has by then. Less than it has grown to by itself is no change.
   */
  allocatedGib?: pulumi.Input<number>;
  /** How far it may grow by itself, in GiB: at least a tenth more than `allocatedGib`, at most 65536, or `0` for not at all. Defaults to twice of `allocatedGib`. */
  maxGib?: pulumi.Input<number>;
  /** Kind of storage. Defaults to `gp3`. Changed in place, which may take hours and slows the instance down meanwhile. */
  kind?: RdsStorageType;
  /** Operations a second: for gp3 of 400 GiB and more 12000 to 64000, for io2 1000 to 256000 and required. Defaults to what is included. */
  iops?: pulumi.Input<number>;
  /** MiB a second, from 500 to 4000, for gp3 of 400 GiB and more. Defaults to what is included. */
  throughput?: pulumi.Input<number>;
}

/** Automated backups: a snapshot a day and the transaction log, from which each second of the retention can be restored. */
export interface RdsBackupsArgs {
  /**
   * Days to keep them, from 1 to 35. Defaults to `14`. Less deletes what is older at once; more keeps what is there for longer. `0` is refused
   * unless `unprotected` is spelled out.
   */
  retentionDays?: pulumi.Input<number>;
  /** Spells out that no automated backups are wanted, together with `retentionDays: 0`: what there was is deleted then. Defaults to `false`. */
  unprotected?: boolean;
  /**
   * Daily time in UTC in which the snapshot is begun, as `03:00-03:30`: 30 minutes or more, it may cross midnight, and it must not share a
   * minute with the maintenance window. Defaults to an hour after `maintenanceWindow`, and to `03:00-03:30` where neither is given.
   */
  window?: pulumi.Input<string>;
  /**
   * Who owns retention and window. Defaults to `rds`. With `aws-backup` both are set at creation, so that the instance is never without backups,
   * and left alone afterwards; `retentionDays` and `window` are then refused, since two owners would undo each other's changes at each deployment.
   */
  owner?: RdsBackupOwner;
}

/**
 * Where the data of a new instance comes from: exactly one of `time`, `latest` and `snapshotIdentifier`. It applies when the instance is created,
 * and never afterwards: adding, changing or removing it does nothing to an instance that exists.
 */
export interface RdsRestoreArgs {
  /** A moment in UTC to the second, as `2026-11-30T03:00:00Z`, within what the source keeps. It must not be in the future. Needs one source. */
  time?: string;
  /** The latest moment that can be restored, mostly less than five minutes ago. Needs one source. */
  latest?: boolean;
  /** A snapshot by its name, or by its ARN where it is shared. Without a source. */
  snapshotIdentifier?: pulumi.Input<string>;
  /** The source, an instance that exists, by its identifier. It stays as it is. */
  sourceIdentifier?: pulumi.Input<string>;
  /** The source by its `DbiResourceId` (`db-…`), for an instance that was deleted and whose automated backups are retained. */
  sourceResourceId?: pulumi.Input<string>;
  /** The source by the ARN of its automated backups (`…:auto-backup:ab-…`): retained ones, or ones replicated to this Region. */
  sourceAutomatedBackupsArn?: pulumi.Input<string>;
}

/** The KMS key. Storage, snapshots, automated backups, Performance Insights and the master user's secret are always encrypted. */
export interface RdsEncryptionArgs {
  /**
   * ARN of a key that exists. Defaults to a key of its own. It applies at creation only, since the storage's key never changes: a later one is
   * not carried out for the storage. A restored instance keeps its source's key, which must be given here.
   */
  kmsKeyArn?: pulumi.Input<string>;
  /** Days between rotations of the own key, from 90 to 2560. Defaults to `365`. What was encrypted before stays readable. */
  rotationDays?: pulumi.Input<number>;
  /** Days that KMS waits before it deletes the own key, from 7 to 30, where `deleteKeyOnDestroy` asks for that. Defaults to `30`. */
  deletionWindowDays?: pulumi.Input<number>;
  /**
   * Whether a destroy deletes the own key. Defaults to `false`: the key stays in the account, because the final snapshot and retained backups
   * cannot be restored without it. With `true` they become unreadable after `deletionWindowDays`.
   */
  deleteKeyOnDestroy?: boolean;
}

/** A parameter of the server. */
export interface RdsParameterArgs {
  /** Name as in `SHOW`, for example `log_min_duration_statement`. */
  name: string;
  /** Its value, in the unit that RDS documents for it. */
  value: pulumi.Input<string>;
  /**
   * Whether it takes effect only when the server starts again, which is then left to you. Defaults to what is known of PostgreSQL's own parameters:
   * `true` for `max_connections` and its like. RDS refuses to apply such a one at once.
   */
  needsRestart?: boolean;
}

/** Parameters of the server. */
export interface RdsParametersArgs {
  /** A parameter group that exists, of the engine's family. Then nothing else is given here, and whether it enforces TLS is up to it. */
  groupName?: pulumi.Input<string>;
  /**
   * Parameters beyond those always set: `rds.force_ssl` is 1, and `max_locks_per_transaction` 256 unless given here, because a dump locks every
   * table of a database in one transaction. Defaults to none.
   */
  values?: RdsParameterArgs[];
}

/** Logs in CloudWatch. */
export interface RdsLogsArgs {
  /** Which logs are exported. Defaults to `postgresql` and `upgrade`. Removing one deletes its log group with what is in it. */
  exports?: RdsLogExport[];
  /** Days that they are kept, one of the numbers that CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400 and on. Defaults to `30`. */
  retentionDays?: pulumi.Input<number>;
  /** ARN of a KMS key that CloudWatch Logs may use. Defaults to CloudWatch's own encryption. */
  kmsKeyArn?: pulumi.Input<string>;
}

/** An instance that is there and is not managed here, for whatever is composed with it. What an attribute is, `aws rds describe-db-instances` prints. */
export interface RdsExistingInstanceArgs {
  /** Its ARN, `arn:aws:rds:REGION:ACCOUNT:db:IDENTIFIER`. */
  arn: pulumi.Input<string>;
  /** Its `DbiResourceId`, `db-…`. */
  resourceId: pulumi.Input<string>;
  /** Its endpoint's address. */
  host: pulumi.Input<string>;
  /** A security group of it, which whoever connects refers to. */
  securityGroupId: pulumi.Input<string>;
  /** Its port, from 1 to 65535. Defaults to `5432`. */
  port?: pulumi.Input<number>;
  /** Its first database. Defaults to none, and the output is then empty. */
  databaseName?: pulumi.Input<string>;
  /** Its master user. Defaults to none, and the output is then empty. */
  masterUsername?: pulumi.Input<string>;
  /** ARN of the secret with the master user's password. Defaults to none, and the output is then empty. */
  masterSecretArn?: pulumi.Input<string>;
  /** Its subnet group. Defaults to none, and the output is then empty. */
  subnetGroupName?: pulumi.Input<string>;
  /** Its parameter group. Defaults to none, and the output is then empty. */
  parameterGroupName?: pulumi.Input<string>;
  /** ARN of the key that its storage is encrypted with. Defaults to none, and the output is then empty. */
  kmsKeyArn?: pulumi.Input<string>;
}

/** An instance of RDS for PostgreSQL and how it is backed up. */
export interface RdsPostgresArgs {
  /** An instance that exists and stays as it is. Nothing is declared then, and nothing else but `tags` may be given. */
  existing?: RdsExistingInstanceArgs;
  /**
   * Its name at RDS: 1 to 63 small letters, digits and hyphens. Defaults to the component's name. Another name is another, empty instance: the
   * preview is refused while `protect` holds.
   */
  identifier?: string;
  /** Region. Defaults to the provider's. Another Region is another instance, refused like another identifier. */
  region?: string;
  /**
   * PostgreSQL's version: a major (`16`), whose minors AWS upgrades, or one minor (`16.4`), which stays. Majors 14 to 18. Required. A higher minor
   * is an upgrade in place, a higher major as well where `allowMajorVersionUpgrade`; neither way leads back.
   */
  engineVersion?: string;
  /** Whether AWS upgrades minors in the maintenance window. Defaults to `true` for a major, and to `false` for a minor, where `true` is refused. */
  autoMinorVersionUpgrade?: boolean;
  /** Whether a higher major may be deployed. Defaults to `false`. The instance is down meanwhile; RDS takes snapshots before and after. */
  allowMajorVersionUpgrade?: pulumi.Input<boolean>;
  /** Class, for example `db.m7g.large`. Required. A change restarts the instance, in the maintenance window unless `applyImmediately`. */
  instanceClass?: pulumi.Input<string>;
  /** Whether a standby in another Availability Zone takes over, and is what backups are taken from. Defaults to `true`. Changed in place. */
  multiAz?: pulumi.Input<boolean>;
  /** Size and kind of the storage. Defaults to 20 GiB of gp3 that grow to 40. */
  storage?: RdsStorageArgs;
  /** The network. Required. */
  network?: RdsNetworkArgs;
  /** Port, from 1150 to 65535. Defaults to `5432`. A change restarts the instance. */
  port?: pulumi.Input<number>;
  /**
   * A database that is made with the instance. Defaults to none beyond `postgres`. Applies at creation only: a later change is not carried out,
   * and a restored instance has its source's.
   */
  databaseName?: pulumi.Input<string>;
  /** Name of the master user. Defaults to `postgres`. Applies at creation only, as the database. */
  masterUsername?: pulumi.Input<string>;
  /**
   * The master user's password: 8 to 128 printable ASCII characters without spaces, `/`, `"` and `@`. Defaults to none: RDS then makes one, keeps it
   * in Secrets Manager and rotates it every 7 days. A password given here lies in the state, encrypted.
   */
  masterPassword?: pulumi.Input<string>;
  /** Whether database roles can log in by IAM. Defaults to `true`. Those who may are still to be granted `rds_iam`. */
  iamAuthentication?: pulumi.Input<boolean>;
  /** The KMS key. Defaults to a key of its own. */
  encryption?: RdsEncryptionArgs;
  /** Automated backups. Defaults to 14 days. */
  backups?: RdsBackupsArgs;
  /**
   * Weekly time in UTC for maintenance, as `sun:04:30-sun:05:30`: 30 minutes or more, it may reach into the next week, and it must not share a
   * minute with the backup window. Defaults to Sunday, an hour after the backup window.
   */
  maintenanceWindow?: pulumi.Input<string>;
  /** Where the data comes from when the instance is created. Defaults to nothing: a new instance is empty. */
  restore?: RdsRestoreArgs;
  /** Parameters of the server. Defaults to a parameter group of its own that enforces TLS. */
  parameters?: RdsParametersArgs;
  /** Logs in CloudWatch. Defaults to `postgresql` and `upgrade` for 30 days. */
  logs?: RdsLogsArgs;
  /** Days of Performance Insights: 7 (included), 31 to 713 in months of 31 days, or 731; `0` turns it off. Defaults to `7`. */
  performanceInsightsDays?: pulumi.Input<number>;
  /** Whether changes that can wait for the maintenance window are made at once, with the restart that some need. Defaults to `false`. */
  applyImmediately?: pulumi.Input<boolean>;
  /**
   * Whether Pulumi refuses to delete or replace the instance and its key. Defaults to `true`. Whoever wants to destroy deploys `false` first,
   * which also turns off RDS's deletion protection unless that is given: the flag must be in the state before the destroy.
   */
  protect?: boolean;
  /** Whether RDS refuses to delete the instance, from wherever. Defaults to `protect`. */
  deletionProtection?: pulumi.Input<boolean>;
  /** Whether a snapshot is taken before the instance is deleted. Defaults to `true`. It stays until somebody deletes it. */
  finalSnapshot?: pulumi.Input<boolean>;
  /** Whether automated backups outlive the instance, for the rest of their retention. Defaults to `true`. */
  keepAutomatedBackups?: pulumi.Input<boolean>;
  /** Tags of everything that takes tags; snapshots bear them too. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
