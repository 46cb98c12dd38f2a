import {
  BackupMonitoring,
  DumpCronJob,
  KubernetesRestoreDrill,
  PreDeployBackup,
  RetentionPreset,
  SnapshotClass,
  SnapshotSchedule,
  VolumeSnapshotMode,
} from "@pgkeep/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const namespace = "syntho";
const timeZone = "Europe/Berlin";

/** Of an S3 server that is not Amazon's. */
const endpoint = config.get("storeEndpoint");
/** Defaults to the cluster's own default. */
const storageClassName = config.get("storageClass");

/** What runs in every Pod. */
const agent = {
  namespace,
  image: config.require("image"),
  // For a trial with an image that was loaded into the node; else the digest says which program runs.
  allowImageTag: config.getBoolean("allowImageTag") ?? false,
};
/** A credential of the store, in a Secret that is named here and never read. */
const secrets = {
  AWS_ACCESS_KEY_ID: { name: "syntho-store", key: "id" },
  AWS_SECRET_ACCESS_KEY: { name: "syntho-store", key: "secret" },
};
const passwordSecret = { name: "syntho-dump", key: "password" };
const caConfigMap = { name: "syntho-authorities", key: "ca.crt" };
/** Decrypts. Nobody but the drill has it in the cluster. */
const identitySecret = { name: "syntho-drill", key: "identity.txt" };

// Both databases at one instant, encrypted before they leave the Pod, each night.
const dump = new DumpCronJob("syntho-dump", {
  ...agent,
  cluster: "syntho",
  databases: ["syntho-core", "syntho-backend"],
  server: {
    host: config.require("databaseHost"),
    port: config.getNumber("databasePort") ?? 5432,
    username: "pgkeep_dump",
    passwordSecret,
  },
  tls: { caConfigMap },
  store: {
    url: config.require("storeUrl"),
    region: config.get("storeRegion") ?? "eu-central-1",
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  },
  secrets,
  schedule: "0 2 * * *",
  timeZone,
  encryptionRecipients: config.requireObject<string[]>("encryptionRecipients"),
  // Removed by `pgkeep retention apply`, with a credential that may delete; this one need not.
  retention: { preset: RetentionPreset.Production },
  objectives: { rpo: "26h", provenWithin: "8d" },
});
const configuration = dump.agentConfiguration;

// Each Sunday the newest recovery point is restored beside nothing that lives, and compared with what was dumped.
const drill = new KubernetesRestoreDrill("syntho-drill", {
  ...agent,
  configuration,
  secrets,
  identitySecret,
  major: config.getNumber("databaseMajor") ?? 18,
  scratchServer: { image: config.require("postgresImage"), userId: config.getNumber("postgresUserId") ?? 999 },
  scratchVolume: { size: config.get("scratchSize") ?? "20Gi", ...(storageClassName === undefined ? {} : { storageClassName }) },
  schedule: "0 6 * * SUN",
  timeZone,
});

// What the application keeps in files, as often as they are worth it: the storage is quicker than any copy, and lies beside the original.
const snapshotClass = new SnapshotClass("syntho-snapshots", { driver: config.require("csiDriver") });
const files = new SnapshotSchedule("syntho-files", {
  ...agent,
  mode: VolumeSnapshotMode.Single,
  claims: ["syntho-files"],
  snapshotClassName: snapshotClass.className,
  schedule: "30 */6 * * *",
  timeZone,
  retention: { keepLast: 8, keepDaily: 7 },
});

// Tells Prometheus how old the newest recovery point is, and the newest that is proven; silence is an alert as well.
const monitoring = new BackupMonitoring("syntho-backups", {
  ...agent,
  configuration,
  secrets,
  prometheusLabels: { release: "kube-prometheus-stack" },
  dashboard: {},
});

// Before each deployment; what migrates the schema depends on it.
const beforeDeployment = new PreDeployBackup("syntho-release", {
  ...agent,
  configuration,
  secrets,
  passwordSecret,
  caConfigMap,
  deploymentKey: config.require("deployment"),
});

/** What a reviewer reads, line by line, in a preview's diff. */
export const effectivePolicy = {
  dump: dump.effectivePolicy,
  drill: drill.effectivePolicy,
  snapshotClass: snapshotClass.effectivePolicy,
  files: files.effectivePolicy,
  monitoring: monitoring.effectivePolicy,
  beforeDeployment: beforeDeployment.effectivePolicy,
};
/** `PGKEEP_CONFIG_YAML` of whoever looks at recovery points or restores one. It holds no secret. */
export const agentConfiguration = configuration;
/** `PGKEEP_SNAPSHOTS_YAML` of whoever looks at snapshots. */
export const snapshotConfiguration = files.snapshotConfiguration;
