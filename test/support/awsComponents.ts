import {
  BackupAlarms,
  BackupBucket,
  BackupPlan,
  BackupPlanPreset,
  BackupReplication,
  PreDeploySnapshot,
  RdsPostgres,
  RestoreTesting,
  RetentionEnforcer,
  RetentionPreset,
  ScheduledDump,
} from "../../packages/aws/src/index.js";
import { BUCKET, COPIES_REGION, KEY_ARN, REGION, TOPIC_ARN, trustIn } from "./bucketArguments.js";
import { DUMP } from "./dumpArguments.js";
import { DRILL, RESTORE_TEST } from "./restoreTestArguments.js";

const INSTANCE = "arn:aws:rds:eu-central-1:123456789012:db:orders";

/** The same store as that of the first bucket, so that its policies are told once. */
const storeOf = (name: string) =>
  new BackupBucket(name, {
    clusters: BUCKET.clusters,
    prefix: "postgres",
    existing: { arn: "arn:aws:s3:::acme-backups", region: REGION },
    kmsKeyArn: KEY_ARN,
  });

/**
 * Every component of packages/aws, declared so that it makes all the policies that it can make, by its name among the package's exports. What looks at
 * all of them together, as the list of wildcards does, begins here; a component that is missing fails it.
 */
export const AWS_COMPONENTS: Readonly<Record<string, () => unknown>> = {
  BackupAlarms: () =>
    new BackupAlarms("alarms", {
      emails: ["ops@example.org"],
      instanceIdentifiers: ["orders"],
      clusters: [{ cluster: "orders" }],
      region: "eu-central-1",
    }),
  BackupBucket: () => [
    new BackupBucket("bucket", {
      ...BUCKET,
      replication: {
        region: COPIES_REGION,
        destinationArn: "arn:aws:s3:::acme-copies",
        kmsKeyArn: `arn:aws:kms:${COPIES_REGION}:123456789012:key/copies`,
      },
      objectLock: { days: 7 },
      writerTrust: trustIn("ecs-tasks.amazonaws.com"),
      readerTrust: trustIn("ecs-tasks.amazonaws.com"),
      prunerTrust: trustIn("ecs-tasks.amazonaws.com"),
      drillTrust: trustIn("ecs-tasks.amazonaws.com"),
    }),
    new BackupBucket("bucket-by-class", {
      ...BUCKET,
      clusters: Array.from({ length: 20 }, (_, index) => `cluster-${index}`),
      bucketName: "acme-backups-by-class",
      retention: { enforcedBy: RetentionEnforcer.Lifecycle, preset: RetentionPreset.Production },
      freshness: { topicArns: [TOPIC_ARN] },
      writerTrust: trustIn("ecs-tasks.amazonaws.com"),
    }),
  ],
  BackupPlan: () =>
    new BackupPlan("plan", {
      region: "eu-central-1",
      preset: BackupPlanPreset.Production,
      selections: [{ name: "production", tags: { backup: "production" } }],
      maintenanceWindow: "mon:04:00-mon:05:00",
    }),
  BackupReplication: () => new BackupReplication("replication", { sourceInstanceArn: INSTANCE, destinationRegion: "eu-west-1" }),
  PreDeploySnapshot: () => new PreDeploySnapshot("snapshot", { instanceArn: INSTANCE, deploymentKey: "4f2c1e9" }),
  RdsPostgres: () =>
    new RdsPostgres("instance", {
      engineVersion: "16",
      instanceClass: "db.m7g.large",
      network: { vpcId: "vpc-0a1b2c3d", subnetIds: ["subnet-0a", "subnet-0b"], clients: [{ name: "app", securityGroupId: "sg-0a1b2c3d" }] },
      storage: { allocatedGib: 100 },
      databaseName: "orders",
    }),
  RestoreTesting: () => {
    const { drillPolicy } = storeOf("of-tests");
    return new RestoreTesting("tests", { ...RESTORE_TEST, validation: { ...DRILL, store: { ...DRILL.store, drillPolicy } } });
  },
  ScheduledDump: () => {
    const { writerPolicy, prunerPolicy } = storeOf("of-dump");
    return new ScheduledDump("dump", {
      ...DUMP,
      store: { ...DUMP.store, writerPolicy, prunerPolicy },
      retention: { preset: RetentionPreset.Production },
      retentionSchedule: "0 6 * * *",
    });
  },
};
