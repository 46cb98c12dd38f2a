import type * as pulumi from "@pulumi/pulumi";

/** What happens to the snapshot on the storage when its VolumeSnapshot object is deleted, by hand or with its namespace. */
export enum SnapshotDeletionPolicy {
  /** The snapshot stays on the storage: a deleted namespace cannot take the backups with it, but nothing expires them by itself either. */
  Retain = "Retain",
  /** The snapshot is deleted with its object. Deleting a namespace then deletes its backups. */
  Delete = "Delete",
}

/** The version of groupsnapshot.storage.k8s.io that the cluster serves: `kubectl api-versions | grep groupsnapshot`. */
export enum GroupSnapshotApiVersion {
  /** From external-snapshotter 8.6 on, with Kubernetes 1.36. */
  V1 = "v1",
  /** From external-snapshotter 8.4 on, with Kubernetes 1.34. */
  V1beta2 = "v1beta2",
}

/** A class for snapshots of several volumes at one instant. */
export interface SnapshotGroupClassArgs {
  /** The API's version that the cluster serves. Defaults to `v1`. Plain, because it decides which kind of resource there is; another version replaces the class. */
  apiVersion?: GroupSnapshotApiVersion;
  /** Name of the VolumeGroupSnapshotClass. Defaults to one that Pulumi makes of the component's. Another name replaces the class. */
  className?: string;
  /** Parameters of the driver for groups, passed on as they are. Defaults to none. The API lets nobody change them: a change replaces the class. */
  parameters?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Whether groups of this driver's volumes that name no class use this one. One per driver. Defaults to `false`. */
  isDefault?: pulumi.Input<boolean>;
}

/** Classes that somebody else made. */
export interface ExistingSnapshotClassArgs {
  /** Name of the VolumeSnapshotClass. */
  className: pulumi.Input<string>;
  /** Name of the VolumeGroupSnapshotClass. Defaults to none. */
  groupClassName?: pulumi.Input<string>;
}

/** Arguments of `SnapshotClass`. */
export interface SnapshotClassArgs {
  /**
   * CSI driver that takes the snapshots, for example `ebs.csi.aws.com`: 1 to 63 letters, digits, hyphens and dots. Needed unless `existing` is given.
   * Another driver replaces the classes; snapshots that were taken stay.
   */
  driver?: pulumi.Input<string>;
  /**
   * Defaults to `Retain`. Copied into each snapshot when it is taken: a change applies to later snapshots only. It replaces the class of groups, which the
   * API lets nobody change.
   */
  deletionPolicy?: pulumi.Input<SnapshotDeletionPolicy>;
  /** Whether VolumeSnapshots of this driver's volumes that name no class use this one. One per driver: with two of them no snapshot is taken. Defaults to `false`. */
  isDefault?: pulumi.Input<boolean>;
  /** Parameters of the driver, passed on as they are; for EBS for example `lockMode` and `lockDuration`. Defaults to none. A change applies to later snapshots only. */
  parameters?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Name of the VolumeSnapshotClass. Defaults to one that Pulumi makes of the component's. Another name replaces the class. Plain, because a class of a fixed name is deleted before its successor is made. */
  className?: string;
  /** Whether Velero takes its snapshots of this driver's volumes by this class: sets the label `velero.io/csi-volumesnapshot-class`. One per driver. Defaults to `false`. */
  usedByVelero?: pulumi.Input<boolean>;
  /** Declares a VolumeGroupSnapshotClass beside the VolumeSnapshotClass. Defaults to none. Removing it deletes that class, which `protect` refuses. */
  groups?: SnapshotGroupClassArgs;
  /** Classes that exist: nothing is made, and the outputs are theirs. Given instead of everything else. */
  existing?: ExistingSnapshotClassArgs;
  /** Whether the classes are protected from being destroyed or replaced, for schedules name them. Defaults to `true`. To replace or destroy them deploy `false` first. */
  protect?: boolean;
  /** Labels of the classes. Defaults to none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
