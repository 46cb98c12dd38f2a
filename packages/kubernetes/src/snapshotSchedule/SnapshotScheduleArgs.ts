import type { QuiescedKind, RetentionPreset, VolumeSnapshotMode } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";
import type {
  KubernetesAgentArgs,
  KubernetesDumpResourcesArgs,
  KubernetesEgressArgs,
  KubernetesSecretKeyArgs,
} from "../agentPod/KubernetesPodArgs.js";
import type { GroupSnapshotApiVersion } from "../snapshotClass/SnapshotClassArgs.js";

/** Something that writes to the volumes, and is stopped while they are cut. */
export interface QuiescedWorkloadArgs {
  /** `Deployment` or `StatefulSet`. */
  kind: pulumi.Input<QuiescedKind>;
  /** Its name, in the schedule's namespace. */
  name: pulumi.Input<string>;
}

/** Which sets of snapshots stay. Rules add up: what any of them keeps stays. They see good sets alone, by the time at which the storage cut them. */
export interface SnapshotRetentionArgs {
  /** A ready-made policy: `production` is 30 days and 52 weeks. What is written beside it wins over it. Defaults to none. */
  preset?: pulumi.Input<RetentionPreset>;
  /** How many of the newest stay, 1 to 10000. */
  keepLast?: pulumi.Input<number>;
  /** Hours of which the newest stays, 1 to 10000. */
  keepHourly?: pulumi.Input<number>;
  /** Days of which the newest stays, 1 to 10000. */
  keepDaily?: pulumi.Input<number>;
  /** ISO weeks of which the newest stays, 1 to 10000. */
  keepWeekly?: pulumi.Input<number>;
  /** Months of which the newest stays, 1 to 10000. */
  keepMonthly?: pulumi.Input<number>;
  /** Years of which the newest stays, 1 to 10000. */
  keepYearly?: pulumi.Input<number>;
  /** Everything younger than this stays, for example `48h`. */
  keepWithin?: pulumi.Input<string>;
  /** How many good ones stay whatever the rules say. Defaults to `3`, or fewer where the rules keep fewer. */
  minimum?: pulumi.Input<number>;
  /** How many of the newest failed sets stay, for whoever looks into them, 1 to 1000. Defaults to `3`. They never count as good. */
  keepFailed?: pulumi.Input<number>;
  /**
   * Whether a set that goes and whose deletion policy is `Retain` is deleted on the storage as well. Defaults to `false`: only its objects go, and what is left on
   * the storage is listed. `true` gives the right to change every VolumeSnapshotContent of the cluster, since their names cannot be known.
   */
  expireRetained?: pulumi.Input<boolean>;
}

/** What the schedule's Pods may reach, by NetworkPolicy. Nothing may reach them. It holds where the cluster's network enforces such policies. */
export interface SnapshotScheduleNetworkArgs {
  /** Whether there is a policy at all. Defaults to `true`. */
  policies?: boolean;
  /** Addresses of Kubernetes' API server, for example `10.0.0.1/32`: of its Service, and of what is behind it. Defaults to any address, on its ports alone. */
  apiServerCidrs?: pulumi.Input<pulumi.Input<string>[]>;
  /** Its ports. Defaults to `443`, the Service's, and `6443`, which most clusters have behind it. */
  apiServerPorts?: pulumi.Input<pulumi.Input<number>[]>;
  /** Ports of DNS, by UDP and TCP, at any address. Defaults to `53`; on OpenShift the Pods of DNS have `5353`. */
  dnsPorts?: pulumi.Input<pulumi.Input<number>[]>;
  /** What else may be reached, for example a webhook. Defaults to nothing. */
  otherEgress?: KubernetesEgressArgs[];
}

/** Arguments of `SnapshotSchedule`. */
export interface SnapshotScheduleArgs extends KubernetesAgentArgs {
  /** Namespace of the claims, of what is stopped, and of all of this. Another replaces it all; snapshots stay where they are, and nobody prunes them any more. */
  namespace: pulumi.Input<string>;
  /**
   * Name of the CronJob and of what belongs to it, lower-case letters, digits and hyphens: at most 52 characters, in mode `quiesce` 45. Defaults to the component's own
   * name. Its snapshots are known by it: with another name it has none, and nobody prunes the former ones.
   */
  scheduleName?: string;
  /**
   * How the volumes come to be of one instant: `group` by the storage, `quiesce` by stopping what writes, `single` for one volume. Plain, because it decides whether there
   * is a watchdog. Before `quiesce` is changed or removed, see that nothing is stopped: the watchdog goes with it.
   */
  mode: VolumeSnapshotMode;
  /** The PersistentVolumeClaims of a set, all of them; in mode `single` one. A set with a claim too few or too many is not good. A change applies to later sets. */
  claims: pulumi.Input<pulumi.Input<string>[]>;
  /** VolumeSnapshotClass of the snapshots, in modes `quiesce` and `single`, for example `className` of `SnapshotClass`. Defaults to the cluster's default class of the volumes' driver. */
  snapshotClassName?: pulumi.Input<string>;
  /** VolumeGroupSnapshotClass, in mode `group`, for example `groupClassName` of `SnapshotClass`. Defaults to the cluster's default class of the volumes' driver. */
  groupSnapshotClassName?: pulumi.Input<string>;
  /** Version of groupsnapshot.storage.k8s.io that the cluster serves. Defaults to `v1`. The agent asks the cluster before each set, and takes none where it is another. */
  groupApiVersion?: pulumi.Input<GroupSnapshotApiVersion>;
  /**
   * Labels that in mode `group` select the claims: exactly those of `claims`, which the agent checks before and after. They are set by whoever makes the claims; nothing
   * here touches a claim.
   */
  selector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** What writes to the volumes: stopped in mode `quiesce` in this order, and brought back in the opposite one. The application first, then its database. Defaults to nothing. */
  workloads?: QuiescedWorkloadArgs[];
  /** When sets are taken: five fields of cron, for example `0 3 * * *`. */
  schedule: pulumi.Input<string>;
  /** IANA time zone of the schedule, and of the days that retention counts, for example `Europe/Berlin`. Defaults to `UTC`. */
  timeZone?: pulumi.Input<string>;
  /** Whether no sets are taken. Defaults to `false`. The watchdog goes on. */
  suspend?: pulumi.Input<boolean>;
  /** How late a run may begin, in seconds, 60 to the shortest time between two slots. Defaults to half of that time, at least `60` and at most `3600`. */
  startingDeadlineSeconds?: pulumi.Input<number>;
  /**
   * How long a run may take with all its tries, for example `2h`: at most the shortest time between two slots, and long enough for one set. Defaults to the shortest time
   * between two slots, at most `6h`. Past it Kubernetes ends the run with SIGTERM, and what it stopped is brought back.
   */
  deadline?: pulumi.Input<string>;
  /**
   * How many times a run is tried again that could not reach something, or for which the storage or the Pods were too slow, 0 to 20; never where another try would end the
   * same. Defaults to `3`, in mode `quiesce` to `1`: there each try stops the workloads again.
   */
  retries?: pulumi.Input<number>;
  /** How many Jobs that succeeded are kept, with their logs, 0 to 100. Defaults to `3`. */
  successfulJobsHistoryLimit?: pulumi.Input<number>;
  /** How many Jobs that failed are kept, with their logs, 1 to 100. Defaults to `5`. */
  failedJobsHistoryLimit?: pulumi.Input<number>;
  /** How long the storage may take until a set is usable, 1s to 24h. A set that is not good by then is marked as failed, and never counts. Defaults to `10m`. */
  readyWithin?: pulumi.Input<string>;
  /** In mode `group`: how far the times may lie apart at which the members were cut, 0s to 24h. Defaults to `10s`, since drivers may give whole seconds. */
  maxSpread?: pulumi.Input<string>;
  /** In mode `quiesce`: how long the Pods may take to end, 1s to 24h. Then nothing is taken, and they are brought back. Defaults to `5m`. */
  stoppedWithin?: pulumi.Input<string>;
  /** In mode `quiesce`: how long the workloads may be stopped at most, longer than `stoppedWithin`, up to 24h. Then they are brought back whatever the storage does. Defaults to `30m`. */
  resumeWithin?: pulumi.Input<string>;
  /**
   * In mode `quiesce`: every how many minutes the watchdog looks whether something is stopped that no run needs stopped any more: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30.
   * Defaults to `5`. So much longer than `resumeWithin` something may stay stopped whose run was lost.
   */
  watchdogMinutes?: pulumi.Input<number>;
  /** Which sets stay. Defaults to all good ones. A change removes nothing by itself; the next run that takes a good set follows it. */
  retention?: SnapshotRetentionArgs;
  /** The agent's image by digest, as `npm run image` prints it. A change applies to later runs; one that is under way keeps its own. */
  image: pulumi.Input<string>;
  /** Variables of the agent that are read from Secrets. Defaults to none. */
  secrets?: Record<string, KubernetesSecretKeyArgs>;
  /** Further variables of the agent. Secrets are refused here: everybody who may read the CronJob reads them. Defaults to none. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Name of a ServiceAccount that exists, and gets the roles. Defaults to one of its own. */
  serviceAccountName?: pulumi.Input<string>;
  /** Whether the roles are made: a Role, a ClusterRole for the contents of snapshots, which have no namespace, and their bindings. Defaults to `true`. With `false` somebody else gives the rights that `effectivePolicy` lists. */
  roles?: boolean;
  /** What its Pods may reach. */
  network?: SnapshotScheduleNetworkArgs;
  /** What its Pods ask of their node. `memoryLimit` is at least `256Mi`. */
  resources?: KubernetesDumpResourcesArgs;
  /** Annotations of its Pods, beside those that ask an autoscaler to let a run end. Defaults to none. */
  podAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
