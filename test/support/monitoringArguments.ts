import { type BackupMonitoringArgs, KubernetesImagePullPolicy } from "../../packages/kubernetes/src/index.js";
import { AGENT_DIGEST } from "./cronJobArguments.js";

/** The configuration as a DumpCronJob gives it. */
export const WATCHED = {
  version: 1,
  cluster: "shop",
  databases: ["shop-core", "shop-backend"],
  connection: { host: "shop-db.shop.svc", user: "pgkeep_dump" },
  store: { url: "s3://shop-backups/postgres", region: "eu-central-1" },
};

/** A monitoring as most declare it. */
export const MONITORING: BackupMonitoringArgs = {
  namespace: "default",
  configuration: JSON.stringify(WATCHED),
  image: AGENT_DIGEST,
  serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/shop-reader" },
  network: { prometheusPods: { labels: { "app.kubernetes.io/name": "prometheus" }, namespace: "monitoring" } },
  prometheusLabels: { release: "kube-prometheus-stack" },
};

/** One with every argument that goes with the others. */
export const WHOLE_MONITORING: BackupMonitoringArgs = {
  ...MONITORING,
  exporterName: "shop-backups",
  configuration: JSON.stringify({
    ...WATCHED,
    store: { ...WATCHED.store, endpoint: "https://minio.storage.svc:9000", forcePathStyle: true },
    objectives: { rpo: "13h", provenWithin: "8d" },
    schedule: { backup: "0 */12 * * *" },
  }),
  rpo: "14h",
  provenWithin: "9d",
  refresh: "10m",
  listenAddress: "[::]",
  imagePullPolicy: KubernetesImagePullPolicy.Always,
  imagePullSecrets: ["registry"],
  secrets: {
    AWS_ACCESS_KEY_ID: { name: "shop-reader", key: "id" },
    AWS_SECRET_ACCESS_KEY: { name: "shop-reader", key: "secret" },
  },
  environment: { AWS_REGION: "eu-central-1" },
  network: {
    ...MONITORING.network,
    storePods: { labels: { app: "minio" }, namespace: "storage" },
    storePort: 9000,
    dnsPorts: [53, 5353],
    podIdentity: true,
    otherEgress: [{ cidr: "10.9.0.0/16", ports: [443, 8443] }],
  },
  serviceMonitor: true,
  prometheusRule: true,
  scrapeInterval: "30s",
  alerts: {
    PgkeepNotProven: { severity: "warning", for: "1h" },
    PgkeepSuspicious: { enabled: false },
  },
  alertLabels: { team: "shop" },
  runbookUrl: "https://runbooks.example.org/{alert}",
  dashboard: { labels: { grafana_dashboard: "1" }, annotations: { grafana_folder: "Backups" } },
  resources: {
    memoryLimit: "512Mi",
    memoryRequest: "256Mi",
    cpuRequest: "50m",
    ephemeralStorageLimit: "128Mi",
    ephemeralStorageRequest: "32Mi",
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
