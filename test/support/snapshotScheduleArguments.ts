import {
  GroupSnapshotApiVersion,
  KubernetesImagePullPolicy,
  QuiescedKind,
  type SnapshotScheduleArgs,
  VolumeSnapshotMode,
} from "../../packages/kubernetes/src/index.js";
import { AGENT_DIGEST } from "./cronJobArguments.js";

/** A schedule of snapshots as most declare it: the application and its database are stopped meanwhile. */
export const QUIESCED: SnapshotScheduleArgs = {
  namespace: "default",
  mode: VolumeSnapshotMode.Quiesce,
  claims: ["data-shop-db-0", "wal-shop-db-0"],
  workloads: [
    { kind: QuiescedKind.Deployment, name: "shop" },
    { kind: QuiescedKind.StatefulSet, name: "shop-db" },
  ],
  snapshotClassName: "csi-retain",
  schedule: "0 3 * * *",
  timeZone: "Europe/Berlin",
  retention: { keepDaily: 7, keepWeekly: 4 },
  image: AGENT_DIGEST,
};

/** The same without stopping anything, where the storage can cut several volumes at once. */
export const GROUPED: SnapshotScheduleArgs = {
  namespace: "default",
  mode: VolumeSnapshotMode.Group,
  claims: ["data-shop-db-0", "wal-shop-db-0"],
  selector: { "app.kubernetes.io/name": "shop-db" },
  groupSnapshotClassName: "csi-groups",
  schedule: "0 3 * * *",
  image: AGENT_DIGEST,
};

/** One volume. */
export const SINGLE: SnapshotScheduleArgs = {
  namespace: "default",
  mode: VolumeSnapshotMode.Single,
  claims: ["data-shop-db-0"],
  schedule: "@daily",
  image: AGENT_DIGEST,
};

const COMMON: Omit<SnapshotScheduleArgs, "namespace" | "mode" | "claims" | "image"> = {
  scheduleName: "shop-volumes",
  schedule: "15 */6 * * *",
  timeZone: "Europe/Berlin",
  suspend: true,
  startingDeadlineSeconds: 600,
  deadline: "3h",
  retries: 1,
  successfulJobsHistoryLimit: 1,
  failedJobsHistoryLimit: 2,
  readyWithin: "20m",
  retention: { keepLast: 4, keepDaily: 7, keepWithin: "48h", minimum: 2, keepFailed: 5, expireRetained: true },
  imagePullPolicy: KubernetesImagePullPolicy.Always,
  imagePullSecrets: ["registry"],
  secrets: { PGKEEP_WEBHOOK_URL: { name: "shop-webhook", key: "url" } },
  environment: { PGKEEP_BY: "the nightly snapshots" },
  network: {
    apiServerCidrs: ["10.0.0.1/32", "192.168.7.0/28"],
    apiServerPorts: [443, 8443],
    dnsPorts: [53, 5353],
    otherEgress: [{ cidr: "10.9.0.0/16", ports: [443, 8443] }],
  },
  resources: {
    memoryLimit: "1Gi",
    memoryRequest: "256Mi",
    cpuRequest: "50m",
    ephemeralStorageLimit: "256Mi",
    ephemeralStorageRequest: "64Mi",
  },
  placement: {
    nodeSelector: { "kubernetes.io/arch": "arm64" },
    tolerations: [{ key: "backups", operator: "Exists", effect: "NoSchedule" }],
    topologySpread: [{ topologyKey: "topology.kubernetes.io/zone" }],
    priorityClassName: "backups",
  },
  userId: 10_001,
  labels: { team: "shop" },
  podAnnotations: { "example.org/owner": "shop" },
};

/** One with every argument that goes with this mode. */
export const WHOLE_QUIESCED = {
  ...QUIESCED,
  ...COMMON,
  stoppedWithin: "10m",
  resumeWithin: "1h",
  watchdogMinutes: 10,
} satisfies SnapshotScheduleArgs;

/** The same. */
export const WHOLE_GROUPED = {
  ...GROUPED,
  ...COMMON,
  groupApiVersion: GroupSnapshotApiVersion.V1beta2,
  maxSpread: "2s",
} satisfies SnapshotScheduleArgs;
