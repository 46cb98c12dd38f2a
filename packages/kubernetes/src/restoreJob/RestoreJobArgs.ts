import type * as pulumi from "@pulumi/pulumi";
import type {
  KubernetesAgentArgs,
  KubernetesDumpResourcesArgs,
  KubernetesSecretKeyArgs,
  KubernetesSidecarArgs,
} from "../agentPod/KubernetesPodArgs.js";
import type { KubernetesDumpNetworkArgs, KubernetesDumpTlsArgs } from "../dumpCronJob/DumpCronJobArgs.js";

/** The server that is restored into, and the role that restores. The role that dumps may not. */
export interface KubernetesRestoreTargetArgs {
  /** Host name or address as Pods see it. Defaults to the server of `configuration`. */
  host?: pulumi.Input<string>;
  /** TCP port, from 1 to 65535. Defaults to that of `configuration` where the host does, else to `5432`. */
  port?: pulumi.Input<number>;
  /** A role that may create databases and is a member of their owners: see the page on restores. */
  username: pulumi.Input<string>;
  /** Where its password is. Read at the start of the Pod. */
  passwordSecret?: KubernetesSecretKeyArgs;
  /** Whether it signs in to RDS by IAM instead, with the role of the ServiceAccount. Defaults to `false`. */
  iamAuthentication?: boolean;
  /** Database to connect to for what concerns the whole server. Defaults to `postgres`. */
  maintenanceDatabase?: pulumi.Input<string>;
}

/** A database of the recovery point, and what it becomes. */
export interface KubernetesRestoredDatabaseArgs {
  /** Its name in the recovery point. Plain, so that a preview says what is replaced. */
  name: string;
  /** Its name at the target. Defaults to the same. */
  as?: string;
}

/** Arguments of `RestoreJob`. */
export interface RestoreJobArgs extends KubernetesAgentArgs {
  /** Namespace of all of it. It must exist. Another moves the account and the policies; the restore that was made stays where it was and is not made again. */
  namespace: pulumi.Input<string>;
  /** Name of what belongs to it, and of the Job before `restoreId`, at most 52 characters. Defaults to the component's own name. */
  jobName?: string;
  /**
   * What this one restore is called, for example `incident-42`: 1 to 128 letters, digits, dots, underscores and hyphens. It happens once: a record in the store
   * keeps it from ever happening again, and no other change here does. Another one restores again. Plain, because it is part of a resource's name.
   */
  restoreId: string;
  /** Which recovery point: an id as `pgkeep list` shows it, `latest`, or `latest-proven`. The two are the newest when the Job runs, and not when it was previewed. */
  recoveryPoint: pulumi.Input<string>;
  /** The agent's configuration, which says where recovery points are: `agentConfiguration` of a `DumpCronJob`, or the text of a `pgkeep.yaml`. */
  configuration: pulumi.Input<string>;
  /** The server that is restored into. */
  target: KubernetesRestoreTargetArgs;
  /** How connections to it are encrypted; that of `configuration` does not count here. Defaults to `verify-full` with the system's authorities, or those of RDS. */
  tls?: KubernetesDumpTlsArgs;
  /** Databases that are restored. Defaults to all of the recovery point under their own names. */
  databases?: KubernetesRestoredDatabaseArgs[];
  /**
   * Names of databases at the target that may lose what they hold: the typed confirmation. Defaults to none: where a database of the name exists, the Job fails and
   * nothing is touched. Plain, so that a preview shows each name.
   */
  confirmReplace?: string[];
  /** Whether living databases are emptied and filled again in one transaction, with no way back, where there is no room for a second copy. Defaults to `false`: a database is loaded beside it, verified, and takes its name. */
  inPlace?: boolean;
  /** Whether a replaced database is dropped at the end. Defaults to `false`: it stays under another name, and the log says how it comes back. */
  dropReplaced?: boolean;
  /** Whether it goes on without the objects that the role may not create. Defaults to `false`: then they are listed, and nothing is touched. */
  acceptMissing?: boolean;
  /** Whether a database is replaced that was migrated further than the recovery point. Defaults to `false`. */
  acceptOlderMigrations?: boolean;
  /** Whether everything has the owners that it had. Defaults to `true`; else all belongs to the restoring role. */
  withOwners?: boolean;
  /** Whether privileges come back. Defaults to `true`. */
  withPrivileges?: boolean;
  /** Whether what was loaded is read back and compared before it takes its name. Defaults to `true`. */
  verify?: boolean;
  /** Where the age identity is that decrypts. Defaults to none, which does for recovery points that are not encrypted. */
  identitySecret?: KubernetesSecretKeyArgs;
  /** Whether the deployment waits until the restore is done, and fails with it. Defaults to `true`. */
  waitForCompletion?: boolean;
  /** How long it may take, for example `4h`, 1s to 7d; past it Kubernetes ends it with SIGTERM. Defaults to `6h`. Plain, for how long the deployment waits follows from it. */
  deadline?: string;
  /** The agent's image by digest, as `npm run image` prints it. A change applies to the next `restoreId`. */
  image: pulumi.Input<string>;
  /** Further variables of the agent that are read from Secrets, for example `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. They must let it read the store, and write below `audit` and `in-use`. Defaults to none. */
  secrets?: Record<string, KubernetesSecretKeyArgs>;
  /** Further variables of the agent. Secrets are refused here: everybody who may read the Job reads them. Defaults to none. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Annotations of the ServiceAccount, for example `eks.amazonaws.com/role-arn` for IRSA. Defaults to none. */
  serviceAccountAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Name of a ServiceAccount that exists. Defaults to one of its own, which may do nothing in Kubernetes. */
  serviceAccountName?: pulumi.Input<string>;
  /** What its Pod may reach. */
  network?: KubernetesDumpNetworkArgs;
  /** What its Pod asks of its node. */
  resources?: KubernetesDumpResourcesArgs;
  /** Programs beside it, such as a proxy that leads to the database. Defaults to none. */
  sidecars?: KubernetesSidecarArgs[];
  /** Annotations of its Pod, beside those that ask an autoscaler to let it end. Defaults to none. */
  podAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
