import type * as pulumi from "@pulumi/pulumi";

/** A Cluster's folder in an ObjectStore. */
export interface CnpgServerArgs {
  /** Name of the ObjectStore, in the namespace of the Cluster that is made. */
  objectStoreName: pulumi.Input<string>;
  /** Folder in it: `serverName` of the Cluster, which is its name unless it said another. */
  serverName: pulumi.Input<string>;
}

/** Arguments of `CnpgRecovery`. */
export interface CnpgRecoveryArgs {
  /** Namespace of the Cluster that is made. Another one replaces it, which `protect` refuses. */
  namespace: pulumi.Input<string>;
  /** Name of the Cluster that is made, at most 50 characters. Defaults to the component's name. Another name is another Cluster, recovered anew. Plain, because it is a resource's name. */
  clusterName?: string;
  /** Where base backups and WAL of the former Cluster lie. Applies when the Cluster is made; a change later does nothing. */
  source: CnpgServerArgs;
  /** The time to recover to, in UTC to the second, for example `2026-11-29T12:00:00Z`. Defaults to the newest WAL there is. Applies when the Cluster is made; a change later does nothing. */
  targetTime?: pulumi.Input<string>;
  /** Id of the base backup to begin with. Defaults to the newest one before `targetTime`. Applies when the Cluster is made. */
  backupId?: pulumi.Input<string>;
  /** Database that the application's Secret is for. Defaults to `app`. Secrets are in no backup: passwords are new ones. */
  database?: pulumi.Input<string>;
  /** Owner of that database. Defaults to `app`. */
  owner?: pulumi.Input<string>;
  /** Image of PostgreSQL, of the major version that was backed up. Defaults to the operator's default one, which may be of another. */
  imageName?: pulumi.Input<string>;
  /** How many instances, 1 to 100. Defaults to `1`. */
  instances?: pulumi.Input<number>;
  /** Size of the data's volume, for example `50Gi`: not less than what was backed up. It can grow, never shrink. */
  storageSize: pulumi.Input<string>;
  /** StorageClass of the volumes. Defaults to the Kubernetes cluster's default one. */
  storageClass?: pulumi.Input<string>;
  /** Size of a volume of WAL of its own. Defaults to none. */
  walStorageSize?: pulumi.Input<string>;
  /** Where the new Cluster archives its own WAL: another folder than it came from. Defaults to nowhere, and `effectivePolicy` says so. */
  archive?: CnpgServerArgs;
  /** Whether a deployment waits until the Cluster is ready. Defaults to `false`. A recovery takes as long as its data is large; after 24 hours it is given up. */
  awaitReady?: boolean;
  /** Whether the Cluster, with its data, is protected from being destroyed. Defaults to `true`. To destroy it deploy `false` first. */
  protect?: boolean;
  /** Labels of the Cluster. Defaults to none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
