import {
  KubernetesDrillScratch,
  KubernetesImagePullPolicy,
  type KubernetesRestoreDrillArgs,
  SslMode,
} from "../../packages/kubernetes/src/index.js";
import { AGENT_DIGEST } from "./cronJobArguments.js";
import { RECIPIENTS } from "./dumpArguments.js";

/** Texts that several tests declare a drill in Kubernetes with; no registry has any of it. */
export const POSTGRES_DIGEST = `docker.io/library/postgres@sha256:${"0011223344556677".repeat(4)}`;

/** What `agentConfiguration` of a `DumpCronJob` is. */
export const DRILLED_CONFIGURATION = {
  version: 1,
  cluster: "shop",
  connection: { host: "shop-db.shop.svc", user: "pgkeep_dump" },
  databases: ["shop-core", "shop-backend"],
  store: { url: "s3://shop-backups/postgres", region: "eu-central-1" },
  encryption: { recipients: RECIPIENTS },
};

/** A drill as most declare it. */
export const DRILL: KubernetesRestoreDrillArgs = {
  namespace: "default",
  configuration: JSON.stringify(DRILLED_CONFIGURATION),
  identitySecret: { name: "shop-drill-identity", key: "identity.txt" },
  major: 17,
  scratchServer: { image: POSTGRES_DIGEST },
  scratchVolume: { size: "50Gi" },
  schedule: "0 6 * * SUN",
  timeZone: "Europe/Berlin",
  image: AGENT_DIGEST,
  serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/shop-drill" },
};

/** One with every argument that goes with the others. */
export const WHOLE_DRILL: KubernetesRestoreDrillArgs = {
  ...DRILL,
  cronJobName: "shop-weekly",
  configuration: JSON.stringify({
    ...DRILLED_CONFIGURATION,
    store: { url: "s3://shop-backups/postgres", endpoint: "https://minio.storage.svc:9000", forcePathStyle: true },
  }),
  recoveryPoint: "latest-proven",
  scratch: KubernetesDrillScratch.Sidecar,
  major: 15,
  scratchServer: {
    image: POSTGRES_DIGEST,
    userId: 70,
    memory: "2Gi",
    cpuRequest: "500m",
    settings: { shared_preload_libraries: "timescaledb" },
  },
  scratchVolume: { size: "200Gi", storageClassName: "fast" },
  suspend: true,
  startingDeadlineSeconds: 600,
  deadline: "5h",
  retries: 1,
  keepFinished: "2d",
  secrets: {
    AWS_ACCESS_KEY_ID: { name: "shop-reader", key: "id" },
    AWS_SECRET_ACCESS_KEY: { name: "shop-reader", key: "secret" },
  },
  environment: { PGKEEP_BY: "the weekly drill" },
  network: {
    storePods: { labels: { app: "minio" }, namespace: "storage" },
    storePort: 9001,
    dnsPorts: [53, 5353],
    podIdentity: true,
    otherEgress: [{ cidr: "10.9.0.0/16", ports: [443] }],
  },
  imagePullPolicy: KubernetesImagePullPolicy.Always,
  imagePullSecrets: ["registry"],
  resources: {
    memoryLimit: "1Gi",
    memoryRequest: "512Mi",
    cpuRequest: "250m",
    ephemeralStorageLimit: "1Gi",
    ephemeralStorageRequest: "256Mi",
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

const { scratchServer: _, scratchVolume: __, ...others } = DRILL;

/** A drill in a server of its own image. */
export const DRILL_IN_AGENT: KubernetesRestoreDrillArgs = {
  ...others,
  scratch: KubernetesDrillScratch.Agent,
  scratchVolume: { size: "50Gi" },
};

/** A drill on a server that exists. */
export const DRILL_ON_GIVEN: KubernetesRestoreDrillArgs = {
  ...others,
  scratch: KubernetesDrillScratch.Given,
  scratchConnection: { host: "scratch.shop.svc", username: "drill", passwordSecret: { name: "shop-scratch", key: "password" } },
  tls: { mode: SslMode.VerifyCa, caSecret: { name: "shop-scratch-tls", key: "ca.crt" } },
  network: { databasePods: { labels: { app: "scratch" }, namespace: "shop" } },
};
