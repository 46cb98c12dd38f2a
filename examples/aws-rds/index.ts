import {
  BackupAlarms,
  BackupBucket,
  BackupPlan,
  BackupPlanPreset,
  BackupReplication,
  BackupStorageClass,
  PreDeploySnapshot,
  RdsPostgres,
  RestoreTesting,
  RetentionPreset,
  ScheduledDump,
} from "@pgkeep/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const subnetIds = config.requireObject<string[]>("privateSubnetIds");
const vpcId = config.require("vpcId");
const image = config.require("image");
const tags = { application: "syntho", environment: "production" };

/** The Region that survives the loss of the first. */
const otherRegion = "eu-west-1";
const timeZone = "Europe/Berlin";
const databases = ["syntho-core", "syntho-backend"];

// The database, with point-in-time recovery of its own: the way back to five minutes ago.
const database = new RdsPostgres("syntho", {
  identifier: "syntho",
  engineVersion: "16",
  instanceClass: "db.m7g.large",
  storage: { allocatedGib: 100, maxGib: 500 },
  multiAz: true,
  network: { vpcId, subnetIds },
  backups: { retentionDays: 14, window: "01:00-01:30" },
  maintenanceWindow: "sun:04:00-sun:05:00",
  tags: { ...tags, backup: "production" },
});

// The same automated backups in another Region.
const replication = new BackupReplication("syntho-replica", {
  sourceInstanceArn: database.arn,
  destinationRegion: otherRegion,
  retentionDays: 14,
  tags,
});

// Whoever is on call hears of failed jobs, of events that endanger backups, and of silence.
const alarms = new BackupAlarms("syntho-alarms", {
  emails: [config.require("onCall")],
  instanceIdentifiers: [database.identifier],
  clusters: [{ cluster: "syntho", rpoHours: 26, provenWithinDays: 35 }],
  tags,
});

// Daily for 30 days and weekly for a year, by AWS Backup in a vault that nobody empties by accident, with copies in the other Region.
const plan = new BackupPlan("syntho-plan", {
  preset: BackupPlanPreset.Production,
  timeZone,
  selections: [{ name: "production", tags: { backup: "production" } }],
  destinations: [{ name: "ireland", region: otherRegion }],
  databaseKeyArns: [database.kmsKeyArn],
  maintenanceWindow: "sun:04:00-sun:05:00",
  tags,
});

// Where dumps go: another service's storage, other people's rights, and a copy in the other Region.
const bucket = new BackupBucket("syntho-dumps", {
  clusters: ["syntho"],
  tiers: [{ storageClass: BackupStorageClass.GlacierInstantRetrieval, afterDays: 30 }],
  objectLock: { days: 30 },
  replication: { region: otherRegion },
  tags,
});

const task = {
  image,
  network: { subnetIds, vpcId, databaseSecurityGroupId: database.securityGroupId, allowInDatabaseGroup: true },
};

// Both databases at one instant, encrypted before they leave the container, each night.
const dump = new ScheduledDump("syntho-dump", {
  cluster: "syntho",
  databases,
  server: { host: database.host, port: database.port, username: "pgkeep_dump", iamAuthentication: true, resourceId: database.resourceId },
  store: { url: bucket.storeUrl, region: bucket.region, writerPolicy: bucket.writerPolicy, prunerPolicy: bucket.prunerPolicy },
  task,
  schedule: "0 3 * * *",
  timeZone,
  deadline: "6h",
  encryptionRecipients: config.requireObject<string[]>("encryptionRecipients"),
  retention: { preset: RetentionPreset.Production },
  retentionSchedule: "0 12 * * *",
  objectives: { rpo: "26h", provenWithin: "35d" },
  topicArn: alarms.topicArn,
  tags,
});

// Once a month a copy from the vault is restored beside the original, read from end to end, and removed.
const restoreTests = new RestoreTesting("syntho-restores", {
  vaultArns: [plan.vaultArn],
  databaseArns: [database.arn],
  schedule: "0 10 1 * *",
  timeZone,
  network: { subnetIds, vpcId },
  databaseKeyArns: [database.kmsKeyArn],
  validation: {
    cluster: "syntho",
    databases,
    store: { url: bucket.storeUrl, region: bucket.region, drillPolicy: bucket.drillPolicy },
    task: { image, network: { subnetIds, vpcId } },
    topicArn: alarms.topicArn,
  },
  tags,
});

// Before each deployment; what migrates the schema depends on it.
const beforeDeployment = new PreDeploySnapshot("syntho-release", {
  instanceArn: database.arn,
  deploymentKey: config.require("deployment"),
  tags,
});

/** What a reviewer reads, line by line, in a preview's diff. */
export const effectivePolicy = {
  database: database.effectivePolicy,
  replication: replication.effectivePolicy,
  alarms: alarms.effectivePolicy,
  plan: plan.effectivePolicy,
  bucket: bucket.effectivePolicy,
  dump: dump.effectivePolicy,
  restoreTests: restoreTests.effectivePolicy,
  beforeDeployment: beforeDeployment.effectivePolicy,
};
/** For the application and for PostgresAccess, which declares the roles. */
export const connection = { host: database.host, port: database.port, masterSecretArn: database.masterSecretArn };
/** For `pgkeep restore` and `pgkeep drill` from elsewhere. */
export const store = bucket.storeUrl;
/** Removes snapshots of former deployments. */
export const pruneSnapshots = beforeDeployment.pruneCommand;
