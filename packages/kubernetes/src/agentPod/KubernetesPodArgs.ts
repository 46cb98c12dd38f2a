import type * as pulumi from "@pulumi/pulumi";

/** When the kubelet pulls an image. */
export enum KubernetesImagePullPolicy {
  /** At each start of a Pod. */
  Always = "Always",
  /** Where the node does not have it yet. */
  IfNotPresent = "IfNotPresent",
  /** Never: somebody has put it onto the node. */
  Never = "Never",
}

/** A value in a Secret, which the kubelet reads at the start of each Pod. It is named and never copied. */
export interface KubernetesSecretKeyArgs {
  /** Name of the Secret, in the Pod's namespace. */
  name: pulumi.Input<string>;
  /** Which of its keys. */
  key: pulumi.Input<string>;
}

/** A value in a ConfigMap. */
export interface KubernetesConfigMapKeyArgs {
  /** Name of the ConfigMap, in the Pod's namespace. */
  name: pulumi.Input<string>;
  /** Which of its keys. */
  key: pulumi.Input<string>;
}

/** Pods of a namespace. */
export interface KubernetesPodsArgs {
  /** Their labels: Pods that bear all of them are meant. */
  labels: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Their namespace. Defaults to the dump's. */
  namespace?: pulumi.Input<string>;
}

/** Something that the dump may reach beside its database and its store. */
export interface KubernetesEgressArgs {
  /** Addresses, for example `10.0.0.0/8`. */
  cidr: pulumi.Input<string>;
  /** TCP ports. Defaults to `443`. */
  ports?: pulumi.Input<pulumi.Input<number>[]>;
}

/** What a Pod of the dump asks of its node. Quantities are written as Kubernetes has them: `512Mi`. */
export interface KubernetesDumpResourcesArgs {
  /**
   * Memory that ends the container when it is passed. Defaults to `512Mi`. At least `256Mi` and `64Mi` for each database dumped beside the first
   * (`dump.parallel`): a backup of one database was measured under 200 MB, whatever its size.
   */
  memoryLimit?: pulumi.Input<string>;
  /** Memory that the node keeps for it. Defaults to `memoryLimit`, so that a crowded node does not end it. */
  memoryRequest?: pulumi.Input<string>;
  /** CPU that the node keeps for it, for example `250m`. Defaults to `100m`. There is no limit: what nobody else needs makes the dump shorter. */
  cpuRequest?: pulumi.Input<string>;
  /** Space for its log and `/tmp`, past which it is evicted. Defaults to `512Mi`. Dumps are streamed and need none. */
  ephemeralStorageLimit?: pulumi.Input<string>;
  /** Space that the node keeps for it. Defaults to `128Mi`. */
  ephemeralStorageRequest?: pulumi.Input<string>;
}

/** A taint that the dump's Pods put up with. */
export interface KubernetesTolerationArgs {
  /** The taint's key. Defaults to every key, with the operator `Exists`. */
  key?: pulumi.Input<string>;
  /** `Equal` or `Exists`. Defaults to `Equal`. */
  operator?: pulumi.Input<string>;
  /** The taint's value, for `Equal`. */
  value?: pulumi.Input<string>;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. Defaults to each. */
  effect?: pulumi.Input<string>;
  /** How long it stays on a node that gets a taint `NoExecute`, in seconds. Defaults to for ever. */
  tolerationSeconds?: pulumi.Input<number>;
}

/** How this dump's Pods are spread. */
export interface KubernetesTopologySpreadArgs {
  /** Label of nodes, for example `topology.kubernetes.io/zone`. */
  topologyKey: pulumi.Input<string>;
  /** By how many Pods two places may differ, 1 or more. Defaults to `1`. */
  maxSkew?: pulumi.Input<number>;
  /** `DoNotSchedule` or `ScheduleAnyway`. Defaults to `ScheduleAnyway`: a backup elsewhere is better than none. */
  whenUnsatisfiable?: pulumi.Input<string>;
}

/** Where Pods of the dump run. */
export interface KubernetesDumpPlacementArgs {
  /** Labels that the node must have. Defaults to none. */
  nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints that it puts up with. Defaults to none. */
  tolerations?: KubernetesTolerationArgs[];
  /** How its Pods are spread. Defaults to not at all. */
  topologySpread?: KubernetesTopologySpreadArgs[];
  /** Name of a PriorityClass that exists. Defaults to the cluster's own. */
  priorityClassName?: pulumi.Input<string>;
}

/**
 * A program beside the dump, such as a proxy that leads to the database: a container that starts before it and ends behind it
 * (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/, Kubernetes 1.29 or newer). A plain second container would keep the Job running for ever.
 */
export interface KubernetesSidecarArgs {
  /** The container's name: lower-case letters, digits and hyphens. */
  name: string;
  /** Its image by digest. It must run without root and with a root file system that is read-only; `/tmp` is writable. */
  image: pulumi.Input<string>;
  /** Its arguments. Defaults to none. */
  args?: pulumi.Input<pulumi.Input<string>[]>;
  /** Its variables. Defaults to none. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Variables of it that are read from Secrets. Defaults to none. */
  secrets?: Record<string, KubernetesSecretKeyArgs>;
  /** TCP port that has to answer before the dump begins, on the Pod's own address and not on 127.0.0.1 alone. Defaults to none: the dump does not wait for it. */
  startupPort?: pulumi.Input<number>;
  /** Its memory, request and limit. Defaults to `128Mi`. */
  memory?: pulumi.Input<string>;
}

/** What the arguments of everything that runs the agent in Pods have in common. */
export interface KubernetesAgentArgs {
  /** Whether images may be given by a tag. Defaults to `false`: a tag may mean another program tomorrow. For trials; `effectivePolicy` says so. */
  allowImageTag?: boolean;
  /** When nodes pull images. Defaults to `IfNotPresent`. */
  imagePullPolicy?: pulumi.Input<KubernetesImagePullPolicy>;
  /** Names of Secrets to pull images with. Defaults to none. */
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  /** Where its Pods run. */
  placement?: KubernetesDumpPlacementArgs;
  /** Numerical user and group of its Pods, not 0. Defaults to `65532`, which is the image's. */
  userId?: pulumi.Input<number>;
  /** Labels of everything. Those that select its Pods are its own. Defaults to none. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
