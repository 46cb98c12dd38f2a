import type * as pulumi from "@pulumi/pulumi";

/** Who can lift the lock of a vault. */
export enum BackupVaultLockMode {
  /** Whoever has the right to change vault locks can lift it (`backup:DeleteBackupVaultLockConfiguration`). */
  Governance = "governance",
  /** After the days to think nobody can, ever: neither the account's root user nor AWS. The recovery points are billed to their end. */
  Compliance = "compliance",
}

/** Rules that many want. */
export enum BackupPlanPreset {
  /** Daily at 2:00, kept for 7 days. */
  Staging = "staging",
  /** Daily at 2:00, kept for 30 days, and weekly on Sunday, kept for 12 months; each copied to every destination. */
  Production = "production",
}

/** The lock of a vault: no recovery point goes before its time. */
export interface BackupVaultLockArgs {
  /** Who can lift it. Defaults to `governance`. `compliance` cannot be undone, and so also needs `changeableForDays`. */
  mode?: BackupVaultLockMode;
  /**
   * Days after the deployment in which a lock of compliance mode can still be lifted, 3 or more. Afterwards it is for ever: the vault cannot be
   * deleted while a recovery point is in it, and no recovery point before its time. Only with `mode: compliance`.
   */
  changeableForDays?: number;
  /** The shortest retention that the vault takes, 1 to 36500 days: jobs with a shorter one fail. Defaults to none. */
  minRetentionDays?: number;
  /** The longest retention that the vault takes, more than `minRetentionDays` and at most 36500 days: jobs with a longer one fail. Defaults to none. */
  maxRetentionDays?: number;
}

/** A vault of the component's own. It is never deleted or replaced while `protect` holds, and AWS deletes none that holds recovery points. */
export interface BackupVaultArgs {
  /**
   * Name, 2 to 50 letters, digits, hyphens and underscores, unique in the account and Region. Defaults to the component's name. Another name would
   * be another, empty vault: `protect` refuses it.
   */
  name?: string;
  /**
   * KMS key of the vault, in its Region. Defaults to a key of its own. A change would be another vault: `protect` refuses it. Snapshots of RDS
   * stay under the database's own key in the first vault; copies are encrypted anew under their vault's.
   */
  keyArn?: pulumi.Input<string>;
  /** Its lock. Defaults to governance mode without limits. */
  lock?: BackupVaultLockArgs;
  /**
   * Leaves the vault without a lock, for development. Defaults to `false`. Turning it on later lifts no lock that is there: that is done by hand
   * (`aws backup delete-backup-vault-lock-configuration`).
   */
  unlocked?: boolean;
  /**
   * ARNs of the IAM roles and users that may delete recovery points, shorten their retention and change the vault's access policy. Defaults to none:
   * then nobody may delete recovery points, until whoever deploys changes the policy. With some given, the one that deploys must be among them.
   */
  recoveryPointAdministrators?: pulumi.Input<string>[];
  /** Whether a destroy deletes every recovery point in the vault. Defaults to `false`. Only without a lock, and with `protect: false`. */
  forceDestroy?: boolean;
}

/** A vault that rules can copy to. */
export interface BackupPlanDestinationArgs {
  /** The name by which rules mean it, and part of its resources' names: letters, digits and hyphens. */
  name: string;
  /** Another Region of this account, for a vault of the component's own there. A change would be another vault: `protect` refuses it. */
  region?: string;
  /** How the own vault in `region` is made. Defaults to what a vault's arguments default to. */
  vault?: BackupVaultArgs;
  /**
   * A vault that exists, in another Region or in another account of the organization, instead of an own one. One of another account must let this
   * account copy into it (`backup:CopyIntoBackupVault` in its access policy), and its key must be one of its own.
   */
  vaultArn?: pulumi.Input<string>;
  /** The KMS key of the vault that exists, where it is of this account: the role may use it. Defaults to none. */
  keyArn?: pulumi.Input<string>;
}

/** A copy of each backup of a rule. */
export interface BackupPlanCopyArgs {
  /** The destination's name. */
  to: string;
  /** Days that the copy is kept, counted from the original's creation, 1 to 36500. Defaults to the rule's. Applies to later copies. */
  retentionDays?: pulumi.Input<number>;
  /** Days until the copy goes to cold storage, at least 90 before it is deleted. Defaults to never. RDS snapshots have none. */
  coldStorageAfterDays?: pulumi.Input<number>;
}

/** When to back up, and how long to keep it. */
export interface BackupPlanRuleArgs {
  /** Name, 1 to 50 letters, digits, hyphens, underscores and dots, unique in the plan. */
  name: string;
  /** Five fields of cron, for example `0 2 * * *`, at most once an hour. For a continuous rule it is when AWS Backup brings its settings up to date, and when copies are made. */
  schedule: pulumi.Input<string>;
  /** Time zone of the schedule, a name of the IANA database. Defaults to the plan's. */
  timeZone?: pulumi.Input<string>;
  /**
   * Days that each recovery point is kept: 1 to 36500, or 1 to 35 for a continuous rule. Applies to recovery points made from then on; those that are there
   * keep theirs. A continuous one takes the new retention when its next backup is complete.
   */
  retentionDays: pulumi.Input<number>;
  /**
   * Whether it keeps a continuous backup, which restores to any second of `retentionDays`, instead of snapshots. Defaults to `false`. One rule of a
   * plan may. The instance's own retention and backup window are then AWS Backup's: leave them alone in `RdsPostgres`.
   */
  continuous?: boolean;
  /** Days until a recovery point goes to cold storage, at least 90 before it is deleted. Defaults to never. RDS snapshots have none. */
  coldStorageAfterDays?: pulumi.Input<number>;
  /** Minutes within which a backup must begin, 60 or more; AWS Backup picks the moment. Defaults to `60`. */
  startWindowMinutes?: pulumi.Input<number>;
  /** Minutes within which it must end, at least 60 more than `startWindowMinutes`, else it is cancelled. Defaults to `1440`. */
  completionWindowMinutes?: pulumi.Input<number>;
  /** Where its backups are copied to. Defaults to nowhere. For RDS all copies of a rule go to other Regions, or all to other accounts. */
  copies?: BackupPlanCopyArgs[];
  /** Tags of its recovery points, beside those of the database. Defaults to none. */
  recoveryPointTags?: Record<string, pulumi.Input<string>>;
}

/** What is backed up: by tags or by ARNs. */
export interface BackupPlanSelectionArgs {
  /** Name, 1 to 50 letters, digits, hyphens, underscores and dots, unique in the plan. Another name is the same selection made anew. */
  name: string;
  /** Tags that an RDS instance of this Region must all have. Those that get the tags later are backed up from then on. */
  tags?: Record<string, pulumi.Input<string>>;
  /** ARNs of what is backed up, of this Region. RDS instances; for anything else a `roleArn` must be given. */
  resourceArns?: pulumi.Input<string>[];
}

/** Arguments of `BackupPlan`. */
export interface BackupPlanArgs {
  /** What is backed up: one selection or more. */
  selections: BackupPlanSelectionArgs[];
  /** When, and how long it is kept. Either these or a `preset`. */
  rules?: BackupPlanRuleArgs[];
  /** Rules that many want. Either this or `rules`. */
  preset?: BackupPlanPreset;
  /** Time zone of schedules that name none, a name of the IANA database. Defaults to `UTC`. */
  timeZone?: pulumi.Input<string>;
  /** The vault that the component makes. Defaults to what a vault's arguments default to. */
  vault?: BackupVaultArgs;
  /** A vault that exists, instead of an own one, in the Region of the plan. Its lock, key and policy remain its owner's. */
  vaultArn?: pulumi.Input<string>;
  /** Vaults that rules copy to. Defaults to none. */
  destinations?: BackupPlanDestinationArgs[];
  /** A role that exists, which AWS Backup acts in. Defaults to one of its own with rights on RDS instances alone. */
  roleArn?: pulumi.Input<string>;
  /** KMS keys that the databases are encrypted with: the own role may use these alone. Defaults to every key of the account in this Region, for AWS services only. */
  databaseKeyArns?: pulumi.Input<string>[];
  /** The databases' weekly maintenance window, `ddd:hh:mm-ddd:hh:mm` in UTC. Schedules in it or in the hour before are refused, because AWS Backup begins nothing then. */
  maintenanceWindow?: pulumi.Input<string>;
  /** Name of the plan, 1 to 50 letters, digits, hyphens, underscores and dots. Defaults to the component's name. Another name is another plan, and no recovery point goes. */
  planName?: string;
  /** Region of the plan and its vault. Defaults to the provider's. A change would be another vault: `protect` refuses it. */
  region?: pulumi.Input<string>;
  /** Whether own vaults and keys are protected from deletion and replacement. Defaults to `true`. Lift it with a deployment of its own before a destroy. */
  protect?: boolean;
  /** Tags of everything that the component makes. Defaults to none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
