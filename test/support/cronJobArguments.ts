import { type DumpCronJobArgs, KubernetesImagePullPolicy, SslMode } from "../../packages/kubernetes/src/index.js";
import { RECIPIENTS } from "./dumpArguments.js";

/** Texts that several tests declare a dump in Kubernetes with; no registry has any of it. */
export const AGENT_DIGEST = `ghcr.io/pgkeep/agent@sha256:${"0123456789abcdef".repeat(4)}`;
export const OTHER_DIGEST = AGENT_DIGEST.replace(/[0-9a-f]{64}$/, "fedcba9876543210".repeat(4));

/** A dump as most declare it. */
export const CRON_JOB: DumpCronJobArgs = {
  namespace: "default",
  cluster: "shop",
  databases: ["shop-core", "shop-backend"],
  server: { host: "shop-db.shop.svc", username: "pgkeep_dump", passwordSecret: { name: "shop-dump", key: "password" } },
  tls: { caSecret: { name: "shop-db-tls", key: "ca.crt" } },
  store: { url: "s3://shop-backups/postgres", region: "eu-central-1" },
  schedule: "0 2 * * *",
  timeZone: "Europe/Berlin",
  encryptionRecipients: RECIPIENTS,
  image: AGENT_DIGEST,
  serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/shop-dump" },
  network: { databasePods: { labels: { app: "shop-db" }, namespace: "shop" } },
};

/** One with every argument that goes with the others. */
export const WHOLE_CRON_JOB: DumpCronJobArgs = {
  ...CRON_JOB,
  cronJobName: "shop-nightly",
  server: { ...CRON_JOB.server, port: 5433, maintenanceDatabase: "postgres" },
  tls: { mode: SslMode.VerifyCa, caConfigMap: { name: "shop-authorities", key: "ca.crt" } },
  store: {
    url: "s3://shop-backups/postgres",
    endpoint: "https://minio.storage.svc:9000",
    region: "eu-central-1",
    forcePathStyle: true,
    checksums: "when_required",
  },
  schedule: "15 */6 * * *",
  suspend: true,
  startingDeadlineSeconds: 600,
  deadline: "90m",
  retries: 3,
  successfulJobsHistoryLimit: 1,
  failedJobsHistoryLimit: 2,
  signing: { privateKeySecret: { name: "shop-signing", key: "key.pem" }, publicKeys: ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] },
  objectives: { rpo: "26h", provenWithin: "35d" },
  retention: { keepDaily: 30, keepWithin: "48h", minimum: 5, afterBackup: true },
  dump: { parallel: 4, compressionLevel: 6, waive: ["subscription:app"], snapshotTimeout: "60s", lockTimeout: "5s" },
  secrets: {
    AWS_ACCESS_KEY_ID: { name: "shop-store", key: "id" },
    AWS_SECRET_ACCESS_KEY: { name: "shop-store", key: "secret" },
    PGKEEP_WEBHOOK_URL: { name: "shop-webhook", key: "url" },
  },
  environment: { PGKEEP_BY: "the nightly dump" },
  network: {
    databasePods: { labels: { app: "shop-db" }, namespace: "default" },
    databasePort: 5432,
    storePods: { labels: { app: "minio" }, namespace: "storage" },
    storePort: 9000,
    dnsPorts: [53, 5353],
    podIdentity: true,
    otherEgress: [{ cidr: "10.9.0.0/16", ports: [443, 8443] }],
    allowInDatabase: true,
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
  sidecars: [
    {
      name: "proxy",
      image: OTHER_DIGEST.replace("pgkeep/agent", "proxy"),
      args: ["--port", "5433"],
      environment: { LEVEL: "info" },
      secrets: { TOKEN: { name: "proxy", key: "token" } },
      startupPort: 5433,
      memory: "64Mi",
    },
  ],
  userId: 10_001,
  labels: { team: "shop" },
  podAnnotations: { "example.org/owner": "shop" },
};
