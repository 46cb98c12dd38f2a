import type * as pulumi from "@pulumi/pulumi";

/** What Velero does with the volumes of what it backs up. */
export enum VeleroVolumes {
  /** CSI snapshots, which stay on the volumes' own storage. */
  Snapshot = "Snapshot",
  /** CSI snapshots whose data the node-agent then moves into the backup storage. */
  MoveData = "MoveData",
  /** Nothing: objects of the API alone. For databases that are dumped. */
  None = "None",
}

/** What happens to a backup when a hook fails. */
export enum VeleroHookError {
  /** The Pod counts as failed, and the backup ends as PartiallyFailed. Its volumes are snapshotted nevertheless. */
  Fail = "Fail",
  /** The backup goes on as if nothing had been. */
  Continue = "Continue",
}

/** A command that Velero runs in a container of each Pod that a hook is for. */
export interface VeleroHookCommandArgs {
  /** The program and its arguments, one by one: no shell reads them. */
  command: pulumi.Input<pulumi.Input<string>[]>;
  /** Container of the Pod. Defaults to its first one. */
  container?: pulumi.Input<string>;
  /** How long it may take, from `1s` to `24h`. Defaults to `5m`; Velero's own default of 30 seconds ends a checkpoint of a large database. */
  timeout?: pulumi.Input<string>;
  /** What happens when it fails. Defaults to `Fail`. */
  onError?: pulumi.Input<VeleroHookError>;
}

/** Commands around the backup of certain Pods. */
export interface VeleroHookArgs {
  /** Name of the hook, for Velero's log. Each once. */
  name: pulumi.Input<string>;
  /** Labels of the Pods, all of which must match. At least one: without any, it would run in every Pod. */
  matchLabels: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Namespaces of the Pods. Defaults to all that are backed up. */
  namespaces?: pulumi.Input<pulumi.Input<string>[]>;
  /** Before the Pod and its volumes, one after another. Defaults to none. */
  before?: VeleroHookCommandArgs[];
  /** After the Pod and its volumes. Defaults to none. */
  after?: VeleroHookCommandArgs[];
}

/** Arguments of `VeleroSchedule`. */
export interface VeleroScheduleArgs {
  /** When a backup is made, in five fields of cron or as `@daily`, for example `0 2 * * *`. */
  schedule: pulumi.Input<string>;
  /** IANA time zone of `schedule`, for example `Europe/Berlin`. Defaults to `UTC`. Another one needs Velero 1.15 or newer. */
  timeZone?: pulumi.Input<string>;
  /** Namespaces that are backed up; `*` alone is all of them. A change applies to later backups only. */
  includedNamespaces: pulumi.Input<pulumi.Input<string>[]>;
  /** Namespaces that are left out where `*` includes all. Defaults to none. */
  excludedNamespaces?: pulumi.Input<pulumi.Input<string>[]>;
  /** Labels of what is backed up, all of which must match. Defaults to everything in the namespaces. */
  matchLabels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** How long a backup is kept, counted from its start, from `1h` to `3650d`. Defaults to `30d`. Velero has no other retention. A change applies to later backups only. */
  ttl?: pulumi.Input<string>;
  /** Name of the BackupStorageLocation. Defaults to Velero's default one. */
  storageLocation?: pulumi.Input<string>;
  /** What becomes of the volumes. Defaults to `Snapshot`. */
  volumes?: pulumi.Input<VeleroVolumes>;
  /** VolumeSnapshotClass by CSI driver, for example that of `SnapshotClass`. Defaults to the class that bears Velero's label, then to the driver's default one. The driver's name has at most 38 characters here. */
  snapshotClasses?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Label of the PVCs whose volumes are cut at one instant, those of one value together. Defaults to Velero's `velero.io/volume-group`. Needs a driver and a class for groups. */
  volumeGroupLabelKey?: pulumi.Input<string>;
  /** How long a snapshot may take to be ready, from `1s` to `24h`. Defaults to Velero's 10 minutes. */
  snapshotTimeout?: pulumi.Input<string>;
  /** How long moving data and the like may take, from `1s` to `24h`. Defaults to Velero's 4 hours. */
  operationTimeout?: pulumi.Input<string>;
  /** Commands in Pods before and after their volumes. Defaults to none. */
  hooks?: VeleroHookArgs[];
  /** Whether no backups are made for now. Defaults to what the Schedule says, which `velero schedule pause` changes. */
  paused?: pulumi.Input<boolean>;
  /** Name of the Schedule, at most 48 characters, to which its backups' names add 15. Defaults to the component's name. Another name is another Schedule; the backups of the former one stay until they expire. Plain, because it is a resource's name. */
  scheduleName?: string;
  /** Namespace that Velero runs in. Defaults to `velero`. Another one replaces the Schedule. */
  veleroNamespace?: pulumi.Input<string>;
  /** Whether a deployment waits until Velero took the Schedule for valid (phase Enabled), and fails where it did not. Defaults to `false`: Velero may come with the same deployment. */
  awaitEnabled?: boolean;
  /** Labels of the Schedule, which Velero gives to its backups too. Defaults to none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
