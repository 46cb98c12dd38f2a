import type * as pulumi from "@pulumi/pulumi";

/** How CloudNativePG backs a Cluster up. Its built-in Barman is not offered: it is removed from CloudNativePG 1.31 on. */
export enum CnpgBackupMethod {
  /** The Barman Cloud plugin: base backups and WAL in an object store, for recovery to any time. */
  Plugin = "Plugin",
  /** CSI snapshots of the instance's volumes, by the class that the Cluster names. Nothing expires them. */
  VolumeSnapshot = "VolumeSnapshot",
}

/** Which instance is backed up. */
export enum CnpgBackupTarget {
  Primary = "primary",
  /** The most updated standby, where there is one. */
  PreferStandby = "prefer-standby",
}

/** What the Backup objects go with. That they go with the ScheduledBackup is not offered: a replacement would delete them all. */
export enum CnpgBackupOwner {
  /** Nothing: they stay when the Cluster is deleted. */
  None = "none",
  /** The Cluster. */
  Cluster = "cluster",
}

/** How base backups and WAL are compressed. */
export enum CnpgCompression {
  Gzip = "gzip",
  Bzip2 = "bzip2",
  Lz4 = "lz4",
  Snappy = "snappy",
}

/** A key of a Secret in the Cluster's namespace. What it holds is read by the plugin alone. */
export interface CnpgSecretKeyArgs {
  /** Name of the Secret. */
  name: pulumi.Input<string>;
  /** Key in it. */
  key: pulumi.Input<string>;
}

/** How the plugin signs in to S3. */
export interface CnpgS3CredentialsArgs {
  /** Whether by the IAM role of the Cluster's own service account (IRSA). Defaults to `false`. Instead of keys. */
  inheritFromIamRole?: boolean;
  /** The access key's id. */
  accessKeyId?: CnpgSecretKeyArgs;
  /** The secret access key. */
  secretAccessKey?: CnpgSecretKeyArgs;
  /** The session token, for temporary keys. Defaults to none. */
  sessionToken?: CnpgSecretKeyArgs;
  /** The Region's name. Defaults to what the SDK finds. */
  region?: CnpgSecretKeyArgs;
}

/** The object store of base backups and WAL. */
export interface CnpgObjectStoreArgs {
  /** Name of an ObjectStore that exists, in the Cluster's namespace, for example one on Azure or Google Cloud. Nothing of it is changed. Instead of everything else here. */
  existingName?: pulumi.Input<string>;
  /** Name of the ObjectStore that is made. Defaults to the component's name. Another name replaces it, which `protect` refuses. */
  objectStoreName?: string;
  /** `s3://BUCKET/PATH`. Another place begins another history; what lies in the former one is not moved, and no backup restores across both. */
  destinationPath?: pulumi.Input<string>;
  /** URL of a server that speaks S3. Defaults to Amazon's own. */
  endpointUrl?: pulumi.Input<string>;
  /** The authority that signed its certificate. Defaults to those that every program trusts. */
  endpointCa?: CnpgSecretKeyArgs;
  /** How the plugin signs in. */
  credentials?: CnpgS3CredentialsArgs;
  /** Recovery window in days, 1 to 3650: recovery to any time in it is possible, and the plugin removes what that does not need. Defaults to `30`. Fewer days remove history within half an hour. */
  retentionDays?: pulumi.Input<number>;
  /** How base backups and WAL are compressed. Defaults to `gzip`. A change applies to later ones. */
  compression?: pulumi.Input<CnpgCompression>;
  /** How many files a base backup uploads at once, 1 to 64. Defaults to the plugin's 2. */
  jobs?: pulumi.Input<number>;
  /** How many WAL files are archived at once, 1 to 64. Defaults to one at a time. */
  walParallel?: pulumi.Input<number>;
}

/** An entry for `spec.plugins` of the Cluster. */
export interface CnpgClusterPlugin {
  /** The plugin's name. */
  name: string;
  /** Whether the Cluster archives its WAL by it. */
  isWALArchiver: boolean;
  /** What the plugin is told: `barmanObjectName`, and `serverName` where one is given. */
  parameters: Record<string, string>;
}

/** Arguments of `CnpgBackup`. */
export interface CnpgBackupArgs {
  /** Namespace of the Cluster. Another one replaces everything, which `protect` refuses. */
  namespace: pulumi.Input<string>;
  /** Name of the Cluster, at most 50 characters. CloudNativePG lets nobody change it: another one replaces the ScheduledBackup. */
  clusterName: pulumi.Input<string>;
  /** When a base backup is made, in five fields of cron or as `@daily`, for example `0 2 * * *`. CloudNativePG gets six, the first being seconds. */
  schedule: pulumi.Input<string>;
  /** IANA time zone of `schedule`. Defaults to `UTC`, the only one that CloudNativePG knows. */
  timeZone?: pulumi.Input<string>;
  /** Defaults to `Plugin`. Plain, because it decides which resources there are. */
  method?: CnpgBackupMethod;
  /** The object store. Needed for the method `Plugin`. */
  store?: CnpgObjectStoreArgs;
  /** Folder of the Cluster in the store. Defaults to the Cluster's name. A Cluster that was recovered needs another than the one it came from. */
  serverName?: pulumi.Input<string>;
  /** Whether snapshots are taken while PostgreSQL runs. Defaults to `true`; `false` stops the instance meanwhile, and on a primary all writing. For `VolumeSnapshot`. */
  online?: pulumi.Input<boolean>;
  /** Which instance is backed up. Defaults to what the Cluster says. */
  target?: pulumi.Input<CnpgBackupTarget>;
  /** Whether a first backup is made at once. Defaults to `true`: WAL without a base backup restores nothing. A change later does nothing. */
  immediate?: pulumi.Input<boolean>;
  /** Whether no backups are made for now. Defaults to `false`. */
  suspend?: pulumi.Input<boolean>;
  /** What the Backup objects go with. Defaults to `none`. Applies to later ones. */
  backupOwner?: pulumi.Input<CnpgBackupOwner>;
  /** Name of the ScheduledBackup, at most 48 characters, to which its backups' names add 15. Defaults to the component's name. Another name replaces it; its Backups stay. */
  scheduledBackupName?: string;
  /** Whether the ObjectStore is protected from being destroyed, for with it WAL is archived no more. Defaults to `true`. To destroy it deploy `false` first. */
  protect?: boolean;
  /** Labels of what is made. Defaults to none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
