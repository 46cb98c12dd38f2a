import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesDumpTlsArgs } from "../dumpCronJob/DumpCronJobArgs.js";
import { AGENT_CONTAINER, AGENT_POD_DEFAULTS, AUTHORITIES_FILE, AUTHORITIES_FOLDER } from "./agentPodDefaults.js";
import {
  type KubernetesDumpPlacementArgs,
  KubernetesImagePullPolicy,
  type KubernetesSecretKeyArgs,
  type KubernetesSidecarArgs,
} from "./KubernetesPodArgs.js";
import type { SettledResources } from "./settleResources.js";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type Container = kubernetes.types.input.core.v1.Container;
type Variable = kubernetes.types.input.core.v1.EnvVar;
type Volume = kubernetes.types.input.core.v1.Volume;

/** Of the restricted Pod Security, and a root that is read-only (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted). */
export const CONTAINER_SECURITY = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true };

/** What a component's arguments say of its Pods; each has those of them that it offers. */
export interface AgentPodArgs {
  namespace: pulumi.Input<string>;
  imagePullPolicy?: pulumi.Input<KubernetesImagePullPolicy>;
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  tls?: KubernetesDumpTlsArgs;
  environment?: Record<string, pulumi.Input<string>>;
  secrets?: Record<string, KubernetesSecretKeyArgs>;
  placement?: KubernetesDumpPlacementArgs;
  sidecars?: KubernetesSidecarArgs[];
  userId?: pulumi.Input<number>;
}

/** What the component itself says of them. */
export interface AgentPod {
  /** The component's class and what it is called, for the audit trail. */
  component: string;
  name: string;
  labels: Record<string, string>;
  /** The agent's arguments, without those that say how it prints. */
  command: readonly pulumi.Input<string>[];
  /** `PGKEEP_CONFIG_YAML`, where it has one. */
  configuration?: pulumi.Output<string>;
  image: pulumi.Output<string>;
  /** Of the sidecars, in their order. */
  sidecarImages?: readonly pulumi.Output<string>[];
  resources: pulumi.Output<SettledResources>;
  serviceAccountName: pulumi.Input<string>;
  /** Whether it speaks to Kubernetes. The tokens of IRSA and Pod Identity are other ones. */
  speaksToKubernetes?: boolean;
  restartPolicy: "Never" | "Always";
  /** How long it may take to end in order after SIGTERM. */
  graceSeconds: number;
  /** Secrets of the component's own arguments, by their variables. */
  secrets?: Record<string, KubernetesSecretKeyArgs | undefined>;
  variables?: Variable[];
  /** Containers before the agent's, beside the sidecars of the arguments. */
  initContainers?: Container[];
  /** What else the agent's container is, such as ports and probes. */
  container?: Partial<Container>;
  mounts?: kubernetes.types.input.core.v1.VolumeMount[];
  volumes?: Volume[];
}

/** What Pods of the agent are, all but their metadata. They fit the restricted Pod Security and write nowhere but to `/tmp`. */
export function agentPodSpec(args: AgentPodArgs, pod: AgentPod): PodSpec {
  const { placement = {}, sidecars = [] } = args;
  const userId = args.userId ?? AGENT_POD_DEFAULTS.userId;
  const authorities = authoritiesVolume(args.tls ?? {});
  const spread = placement.topologySpread ?? [];
  const before = [
    ...(pod.initContainers ?? []),
    ...sidecars.map((one, index) => sidecarContainer(one, pod.sidecarImages?.[index] ?? one.image, args)),
  ];
  return {
    serviceAccountName: pod.serviceAccountName,
    automountServiceAccountToken: pod.speaksToKubernetes === true,
    // Variables such as PGKEEP_PORT, of a Service called pgkeep, would be taken for settings.
    enableServiceLinks: false,
    // A Job's Never keeps each failed Pod with its log, and is the only one that a failure policy goes with.
    restartPolicy: pod.restartPolicy,
    terminationGracePeriodSeconds: pod.graceSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: userId,
      // Without it a program that is not root could not read the token of IRSA.
      fsGroup: userId,
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(args.imagePullSecrets === undefined
      ? {}
      : { imagePullSecrets: pulumi.output(args.imagePullSecrets).apply((names) => names.map((name) => ({ name }))) }),
    ...(placement.nodeSelector === undefined ? {} : { nodeSelector: placement.nodeSelector }),
    ...(placement.tolerations === undefined ? {} : { tolerations: placement.tolerations }),
    ...(placement.priorityClassName === undefined ? {} : { priorityClassName: placement.priorityClassName }),
    ...(spread.length === 0
      ? {}
      : {
          topologySpreadConstraints: spread.map((one) => ({
            topologyKey: one.topologyKey,
            maxSkew: one.maxSkew ?? 1,
            whenUnsatisfiable: one.whenUnsatisfiable ?? "ScheduleAnyway",
            labelSelector: { matchLabels: pod.labels },
          })),
        }),
    ...(before.length === 0 ? {} : { initContainers: before }),
    containers: [
      {
        name: AGENT_CONTAINER,
        image: pod.image,
        imagePullPolicy: args.imagePullPolicy ?? KubernetesImagePullPolicy.IfNotPresent,
        // All that a container prints is structured: its result as well as its steps.
        args: [...pod.command, "--json", "--log-format", "json"],
        env: agentVariables(args, pod),
        resources: pod.resources.apply((amounts) => ({
          requests: { cpu: amounts.cpuRequest, memory: amounts.memoryRequest, "ephemeral-storage": amounts.storageRequest },
          limits: { memory: amounts.memoryLimit, "ephemeral-storage": amounts.storageLimit },
        })),
        securityContext: CONTAINER_SECURITY,
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [
          { name: "tmp", mountPath: "/tmp" },
          ...(authorities.length === 0 ? [] : [{ name: "authorities", mountPath: AUTHORITIES_FOLDER, readOnly: true }]),
          ...(pod.mounts ?? []),
        ],
        ...pod.container,
      },
    ],
    volumes: [{ name: "tmp", emptyDir: {} }, ...authorities, ...(pod.volumes ?? [])],
  };
}

function authoritiesVolume({ caSecret, caConfigMap }: KubernetesDumpTlsArgs): Volume[] {
  if (caSecret !== undefined) {
    return [{ name: "authorities", secret: { secretName: caSecret.name, items: [{ key: caSecret.key, path: AUTHORITIES_FILE }] } }];
  }
  if (caConfigMap === undefined) return [];
  return [{ name: "authorities", configMap: { name: caConfigMap.name, items: [{ key: caConfigMap.key, path: AUTHORITIES_FILE }] } }];
}

function agentVariables({ namespace, environment = {}, secrets = {} }: AgentPodArgs, pod: AgentPod): Variable[] {
  // For the audit trail: a Pod has neither an account nor a host that anybody knows.
  const by =
    environment.PGKEEP_BY === undefined
      ? [{ name: "PGKEEP_BY", value: pulumi.interpolate`${pod.component} ${namespace}/${pod.name}` }]
      : [];
  return [
    // In the template itself: a ConfigMap that is replaced would leave a retry of the run before without its own.
    ...(pod.configuration === undefined ? [] : [{ name: "PGKEEP_CONFIG_YAML", value: pod.configuration }]),
    ...(pod.variables ?? []),
    ...by,
    ...Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
    ...secretVariables({ ...pod.secrets, ...secrets }),
  ];
}

/** What tells the agent of which Job it is a run. */
export function jobVariables(): Variable[] {
  return [
    // The Job's UID: its name comes again when a deployment goes from A to B and back to A.
    { name: "PGKEEP_RUN_ID", valueFrom: label("batch.kubernetes.io/controller-uid") },
    { name: "PGKEEP_JOB_NAME", valueFrom: label("batch.kubernetes.io/job-name") },
  ];
}

function label(name: string) {
  return { fieldRef: { apiVersion: "v1", fieldPath: `metadata.labels['${name}']` } };
}

export function secretVariables(secrets: Record<string, KubernetesSecretKeyArgs | undefined>): Variable[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    secret === undefined ? [] : [{ name, valueFrom: { secretKeyRef: { name: secret.name, key: secret.key } } }],
  );
}

function sidecarContainer(sidecar: KubernetesSidecarArgs, image: pulumi.Input<string>, { imagePullPolicy }: AgentPodArgs): Container {
  const { name, args, environment = {}, secrets = {}, startupPort } = sidecar;
  const memory = sidecar.memory ?? AGENT_POD_DEFAULTS.sidecarMemory;
  return {
    name,
    image,
    imagePullPolicy: imagePullPolicy ?? KubernetesImagePullPolicy.IfNotPresent,
    restartPolicy: "Always",
    ...(args === undefined ? {} : { args }),
    env: [...Object.entries(environment).map(([variable, value]) => ({ name: variable, value })), ...secretVariables(secrets)],
    resources: { requests: { cpu: "10m", memory }, limits: { memory } },
    securityContext: CONTAINER_SECURITY,
    ...(startupPort === undefined ? {} : { startupProbe: { tcpSocket: { port: startupPort }, periodSeconds: 1, failureThreshold: 60 } }),
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}
