import type * as pulumi from "@pulumi/pulumi";

/** What a volume is to the Pods that have it. */
export enum RestoredVolumeMode {
  /** A folder. */
  Filesystem = "Filesystem",
  /** A device. */
  Block = "Block",
}

/** A VolumeSnapshot, and what is known of it: `pgkeep snapshot list --json` and `kubectl get volumesnapshot` tell it. */
export interface RestoredSnapshotArgs {
  /** Its name, in the namespace of the new claim. It counts when the claim is made; a change later does nothing, so that it may be pruned. */
  name: pulumi.Input<string>;
  /** The claim that it is a snapshot of. Defaults to what its name tells, if a schedule of pgkeep gave it. The new claim is another: nothing is restored in place. */
  claimName?: pulumi.Input<string>;
  /** What a volume made from it needs at least (`status.restoreSize`), for example `50Gi`. Defaults to unknown: then only the storage judges `size`. */
  restoreSize?: pulumi.Input<string>;
  /** Mode of the volume that it is of. Defaults to `Filesystem`. */
  volumeMode?: pulumi.Input<RestoredVolumeMode>;
}

/** A claim that is made, with what a snapshot holds. */
export interface RestoredClaimArgs {
  /** Its name, which no claim of the namespace has. Another name is another claim, restored anew, and the former goes, which `protect` refuses. Plain, because it is a resource's name. */
  claimName: string;
  /** What it holds at its beginning. */
  snapshot: RestoredSnapshotArgs;
  /** Its size, for example `50Gi`: not less than the snapshot needs. It can grow in place where its class lets it, and never shrink. */
  size: pulumi.Input<string>;
  /** Its StorageClass, of the driver that took the snapshot. Defaults to the cluster's default one. Another replaces the claim, which `protect` refuses. */
  storageClassName?: pulumi.Input<string>;
  /** How Pods may have it: `ReadWriteOnce`, `ReadWriteOncePod`, `ReadOnlyMany`, `ReadWriteMany`. Defaults to `ReadWriteOnce`. Others replace the claim, which `protect` refuses. */
  accessModes?: pulumi.Input<pulumi.Input<string>[]>;
  /** Its mode, the snapshot's own. Defaults to `Filesystem`. Another replaces the claim, which `protect` refuses. */
  volumeMode?: pulumi.Input<RestoredVolumeMode>;
}

/** Arguments of `SnapshotRestore`. */
export interface SnapshotRestoreArgs {
  /** Namespace of the snapshots and of the new claims: a snapshot is restored where it is. Another replaces the claims, which `protect` refuses. */
  namespace: pulumi.Input<string>;
  /** The claims that are made: for a set of several volumes one for each member, all of the same set. Plain but for their values, because each is a resource. */
  claims: RestoredClaimArgs[];
  /**
   * Whether a deployment waits until the claims are bound, which is when the storage has made their volumes. Defaults to `false`: a StorageClass that waits for its first
   * consumer (`WaitForFirstConsumer`) binds nothing before a Pod uses the claim.
   */
  awaitBound?: boolean;
  /** Whether the claims, with their data, are protected from being destroyed or replaced. Defaults to `true`. To destroy them deploy `false` first. */
  protect?: boolean;
  /** Whether the claims stay in the cluster when they leave the program. Defaults to `false`: with `protect` lifted they are deleted, and what their class says becomes of the volumes. */
  retainOnDelete?: boolean;
  /** Labels of the claims. Defaults to none. Not those by which a `SnapshotSchedule` of groups selects its claims, or its next sets have claims too many. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations of the claims. Defaults to none. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
