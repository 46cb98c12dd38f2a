import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { AGENT_CONTAINER, AUTHORITIES_FILE, AUTHORITIES_FOLDER, DUMP_CRON_JOB_DEFAULTS, dumpLabels } from "./dumpCronJobDefaults.js";
import { KubernetesImagePullPolicy, type KubernetesSecretKeyArgs, type KubernetesSidecarArgs } from "./KubernetesPodArgs.js";
import type { SettledDumpCronJob } from "./settleDumpCronJob.js";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type Container = kubernetes.types.input.core.v1.Container;
type Variable = kubernetes.types.input.core.v1.EnvVar;

/** Of the restricted Pod Security, and a root that is read-only (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted). */
const SECURITY = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true };
/** A backup ends in order within it: uploads are aborted, and the lock is let go. */
const GRACE_SECONDS = 60;

/** What the dump's Pods are, all but their metadata. */
export function dumpPodSpec(
  args: DumpCronJobArgs,
  settled: SettledDumpCronJob,
  agentConfiguration: pulumi.Output<string>,
  serviceAccountName: pulumi.Input<string>,
): PodSpec {
  const { placement = {}, tls = {}, sidecars = [] } = args;
  const userId = args.userId ?? DUMP_CRON_JOB_DEFAULTS.userId;
  const authorities = authoritiesVolume(args);
  const spread = placement.topologySpread ?? [];
  return {
    serviceAccountName,
    // It needs nothing of Kubernetes. The tokens of IRSA and Pod Identity are other ones.
    automountServiceAccountToken: false,
    // Variables such as PGKEEP_PORT, of a Service called pgkeep, would be taken for settings.
    enableServiceLinks: false,
    // Keeps each failed Pod with its log, and is the only one that a failure policy goes with.
    restartPolicy: "Never",
    terminationGracePeriodSeconds: GRACE_SECONDS,
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
            labelSelector: { matchLabels: dumpLabels(settled.name) },
          })),
        }),
    ...(sidecars.length === 0
      ? {}
      : { initContainers: sidecars.map((one, index) => sidecarContainer(one, settled.sidecarImages[index] ?? one.image, args)) }),
    containers: [
      {
        name: AGENT_CONTAINER,
        image: settled.image,
        imagePullPolicy: args.imagePullPolicy ?? KubernetesImagePullPolicy.IfNotPresent,
        args: ["backup", "--exclusive", "--log-format", "json"],
        env: agentVariables(args, settled, agentConfiguration),
        resources: settled.resources.apply((amounts) => ({
          requests: { cpu: amounts.cpuRequest, memory: amounts.memoryRequest, "ephemeral-storage": amounts.storageRequest },
          limits: { memory: amounts.memoryLimit, "ephemeral-storage": amounts.storageLimit },
        })),
        securityContext: SECURITY,
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [
          { name: "tmp", mountPath: "/tmp" },
          ...(tls.caSecret === undefined && tls.caConfigMap === undefined
            ? []
            : [{ name: "authorities", mountPath: AUTHORITIES_FOLDER, readOnly: true }]),
        ],
      },
    ],
    volumes: [{ name: "tmp", emptyDir: {} }, ...authorities],
  };
}

function authoritiesVolume({ tls = {} }: DumpCronJobArgs): kubernetes.types.input.core.v1.Volume[] {
  const { caSecret, caConfigMap } = tls;
  if (caSecret !== undefined) {
    return [{ name: "authorities", secret: { secretName: caSecret.name, items: [{ key: caSecret.key, path: AUTHORITIES_FILE }] } }];
  }
  if (caConfigMap === undefined) return [];
  return [{ name: "authorities", configMap: { name: caConfigMap.name, items: [{ key: caConfigMap.key, path: AUTHORITIES_FILE }] } }];
}

function agentVariables(args: DumpCronJobArgs, { name }: SettledDumpCronJob, agentConfiguration: pulumi.Output<string>): Variable[] {
  const { server, signing, environment = {}, secrets = {} } = args;
  const own: Record<string, KubernetesSecretKeyArgs | undefined> = {
    PGPASSWORD: server.passwordSecret,
    PGKEEP_SIGNING_KEY: signing?.privateKeySecret,
  };
  // For the audit trail: a Pod has neither an account nor a host that anybody knows.
  const by =
    environment.PGKEEP_BY === undefined ? [{ name: "PGKEEP_BY", value: pulumi.interpolate`DumpCronJob ${args.namespace}/${name}` }] : [];
  return [
    // In the template itself: a ConfigMap that is replaced would leave a retry of the run before without its own.
    { name: "PGKEEP_CONFIG_YAML", value: agentConfiguration },
    // The Job's UID: its name comes again when a deployment goes from A to B and back to A.
    { name: "PGKEEP_RUN_ID", valueFrom: label("batch.kubernetes.io/controller-uid") },
    { name: "PGKEEP_JOB_NAME", valueFrom: label("batch.kubernetes.io/job-name") },
    ...by,
    ...Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
    ...secretVariables({ ...own, ...secrets }),
  ];
}

function label(name: string) {
  return { fieldRef: { apiVersion: "v1", fieldPath: `metadata.labels['${name}']` } };
}

function secretVariables(secrets: Record<string, KubernetesSecretKeyArgs | undefined>): Variable[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    secret === undefined ? [] : [{ name, valueFrom: { secretKeyRef: { name: secret.name, key: secret.key } } }],
  );
}

function sidecarContainer(sidecar: KubernetesSidecarArgs, image: pulumi.Input<string>, { imagePullPolicy }: DumpCronJobArgs): Container {
  const { name, args, environment = {}, secrets = {}, startupPort } = sidecar;
  const memory = sidecar.memory ?? DUMP_CRON_JOB_DEFAULTS.sidecarMemory;
  return {
    name,
    image,
    imagePullPolicy: imagePullPolicy ?? KubernetesImagePullPolicy.IfNotPresent,
    restartPolicy: "Always",
    ...(args === undefined ? {} : { args }),
    env: [...Object.entries(environment).map(([variable, value]) => ({ name: variable, value })), ...secretVariables(secrets)],
    resources: { requests: { cpu: "10m", memory }, limits: { memory } },
    securityContext: SECURITY,
    ...(startupPort === undefined ? {} : { startupProbe: { tcpSocket: { port: startupPort }, periodSeconds: 1, failureThreshold: 60 } }),
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}
