import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesAgentArgs, KubernetesDumpResourcesArgs, KubernetesSecretKeyArgs } from "../agentPod/KubernetesPodArgs.js";
import type { KubernetesDumpNetworkArgs, KubernetesDumpTlsArgs } from "../dumpCronJob/DumpCronJobArgs.js";

/** Where a drill restores into. */
export enum KubernetesDrillScratch {
  /** A server in a container of its own beside the agent, from an image of PostgreSQL, without TCP, made anew for each run. */
  Sidecar = "sidecar",
  /** A server that the agent starts in its own container, with the PostgreSQL of its own image. */
  Agent = "agent",
  /** A server that exists. */
  Given = "given",
}

/** The server of `scratch: sidecar`. */
export interface KubernetesScratchServerArgs {
  /**
   * Image with `sh` and PostgreSQL's server programs of version `major`, by digest, for example of the official `postgres`. It needs the packages of the
   * source's extensions, and runs with a root file system that is read-only. What else the image would do at its start is not done.
   */
  image: pulumi.Input<string>;
  /** Numerical user that it runs as, not 0, and one that the image knows by name, since `initdb` asks. Defaults to `999`, of the official image; on Alpine that is `70`. */
  userId?: pulumi.Input<number>;
  /** Its memory, request and limit. Defaults to `768Mi`, at least `384Mi`: indexes are built with 128 MiB beside 128 MiB of shared buffers. */
  memory?: pulumi.Input<string>;
  /** CPU that the node keeps for it. Defaults to `100m`. There is no limit. */
  cpuRequest?: pulumi.Input<string>;
  /** Further settings, for example `shared_preload_libraries` where an extension needs one. Those that keep restored code in are its own. Defaults to none. */
  settings?: Record<string, pulumi.Input<string>>;
}

/** Room for what is restored: a volume that is made for each Pod and deleted with it. */
export interface KubernetesScratchVolumeArgs {
  /** How much, for example `50Gi`: what the databases have on their own server, and some gigabytes for the log of the restore. Too little is `COULD_NOT_VERIFY`. */
  size: pulumi.Input<string>;
  /** Name of the StorageClass. Defaults to the cluster's own default. */
  storageClassName?: pulumi.Input<string>;
}

/** The server of `scratch: given`. It must not be the one that is backed up. */
export interface KubernetesScratchConnectionArgs {
  /** Host name or address as Pods see it. */
  host: pulumi.Input<string>;
  /** TCP port, from 1 to 65535. Defaults to `5432`. */
  port?: pulumi.Input<number>;
  /** A role that may create databases and own what is restored; with `disposable` the server's first superuser. */
  username: pulumi.Input<string>;
  /** Where its password is. Read at the start of each Pod. */
  passwordSecret?: KubernetesSecretKeyArgs;
  /**
   * Whether it is made anew for each run, and empty: roles are restored there too. Defaults to `false`: its roles are its own, so that a drill there
   * is `COULD_NOT_VERIFY` at best and proves no recovery point.
   */
  disposable?: boolean;
}

/** Arguments of `KubernetesRestoreDrill`. */
export interface KubernetesRestoreDrillArgs extends KubernetesAgentArgs {
  /** Namespace of all of it. It must exist; with Pod Security `restricted` is well. Another replaces it all; results stay. */
  namespace: pulumi.Input<string>;
  /** Name of the CronJob and of what belongs to it, at most 52 characters. Defaults to the component's own name. Another replaces it all; results stay. */
  cronJobName?: string;
  /** The agent's configuration: `agentConfiguration` of a `DumpCronJob`, or the text of a `pgkeep.yaml`. It says where recovery points are. */
  configuration: pulumi.Input<string>;
  /** What is drilled: `latest`, `latest-proven`, or an id. Defaults to `latest`. */
  recoveryPoint?: pulumi.Input<string>;
  /** Where age identities are, in the form that `age-keygen` writes; one of a recipient is enough. Needed where recovery points are encrypted. Whoever runs in its Pods reads it. */
  identitySecret?: KubernetesSecretKeyArgs;
  /** Where it restores into. Defaults to `sidecar`, which alone keeps restored code from the store's credentials and the identities. */
  scratch?: KubernetesDrillScratch;
  /** Major version of the source, 14 to 18, and of the scratch server. With another one on either side a drill is `COULD_NOT_VERIFY`. Needed for `sidecar` and `agent`. */
  major?: pulumi.Input<number>;
  /** The server of `sidecar`. */
  scratchServer?: KubernetesScratchServerArgs;
  /** Room for what is restored, for `sidecar` and `agent`. */
  scratchVolume?: KubernetesScratchVolumeArgs;
  /** The server of `given`. */
  scratchConnection?: KubernetesScratchConnectionArgs;
  /** How connections to the server of `given` are encrypted. Defaults to `verify-full` with the system's authorities, or those of RDS. */
  tls?: KubernetesDumpTlsArgs;
  /** The agent's image by digest, as `npm run image` prints it. A change applies to later runs. */
  image: pulumi.Input<string>;
  /** When, in the five fields of cron, for example `0 6 * * SUN`. Changing it makes neither a run nor a gap: the next time of the new schedule runs. */
  schedule: pulumi.Input<string>;
  /** IANA time zone of the schedule, for example `Europe/Berlin`. Defaults to `UTC`. */
  timeZone?: pulumi.Input<string>;
  /** Whether no runs are started. Defaults to `false`. A run that is under way goes on, and when it is taken back a slot that is not too late starts at once. */
  suspend?: pulumi.Input<boolean>;
  /** How late a run may begin, in seconds, 60 to the shortest time between two slots. Defaults to half of that time, at least `60` and at most `3600`. */
  startingDeadlineSeconds?: pulumi.Input<number>;
  /** How long a run may take with all its tries, for example `4h`, at most the shortest time between two slots. Defaults to that time, at most `6h`. Past it nothing is proven. */
  deadline?: pulumi.Input<string>;
  /** How many times a run is tried again that could not reach something, 0 to 20; never behind a verdict. Defaults to `2`. */
  retries?: pulumi.Input<number>;
  /**
   * How long Jobs that ended are kept, with their logs and their volumes, from `1s` to `7d`. Defaults to `1h`. What was restored is removed at the end of
   * a run, and its result is in the store; the volume itself goes with the Pod.
   */
  keepFinished?: pulumi.Input<string>;
  /** Further variables of the agent that are read from Secrets, for example `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` of a reader that may add results. Defaults to none. */
  secrets?: Record<string, KubernetesSecretKeyArgs>;
  /** Further variables of the agent. Secrets are refused here: everybody who may read the CronJob reads them. Defaults to none. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Annotations of the ServiceAccount, for example `eks.amazonaws.com/role-arn` for IRSA. Pod Identity needs none. Defaults to none. */
  serviceAccountAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Name of a ServiceAccount that exists. Defaults to one of its own, which may do nothing in Kubernetes. */
  serviceAccountName?: pulumi.Input<string>;
  /** What its Pods may reach. The database in it is the server of `given`. */
  network?: KubernetesDumpNetworkArgs;
  /** What the agent's container asks of its node. Its memory is at least `256Mi`, and with `scratch: agent`, where it holds the server too, at least `640Mi` and by default `1Gi`. */
  resources?: KubernetesDumpResourcesArgs;
  /** Numerical user and group of the Pod, not 0. Defaults to `65532`, which is the image's. With `scratch: agent` the image has to know it by name. */
  userId?: pulumi.Input<number>;
  /** Annotations of its Pods, beside those that ask an autoscaler to let a drill end. Defaults to none. */
  podAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
