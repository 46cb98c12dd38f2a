import { uuidOf } from "../../uuidOf.js";
import { ACCOUNT, awsKind, changeable, replacing, textOf, told } from "../awsKind.js";

const set = { onChange: "update", set: true } as const;

export const rdsBackupKinds = [
  awsKind({
    type: "aws:rds/snapshot:Snapshot",
    source: "internal/service/rds/snapshot.go",
    properties: {
      dbInstanceIdentifier: { onChange: "replace", required: true },
      dbSnapshotIdentifier: { onChange: "replace", required: true },
      sharedAccounts: set,
      ...Object.fromEntries(
        [
          "allocatedStorage",
          "availabilityZone",
          "dbSnapshotArn",
          "encrypted",
          "engine",
          "engineVersion",
          "iops",
          "kmsKeyId",
          "licenseModel",
          "optionGroupName",
          "port",
          "snapshotType",
          "sourceDbSnapshotIdentifier",
          "sourceRegion",
          "status",
          "storageType",
          "vpcId",
        ].map((name) => [name, told]),
      ),
    },
    computed: ({ dbSnapshotIdentifier }, { region }) => {
      const id = textOf(dbSnapshotIdentifier, "snapshot");
      return {
        id,
        outputs: {
          dbSnapshotArn: `arn:aws:rds:${region}:${ACCOUNT}:snapshot:${id}`,
          encrypted: true,
          engine: "postgres",
          snapshotType: "manual",
          status: "available",
        },
      };
    },
  }),
  awsKind({
    type: "aws:rds/eventSubscription:EventSubscription",
    source: "internal/service/rds/event_subscription.go",
    properties: {
      name: { onChange: "replace", autonamed: true },
      namePrefix: replacing,
      customerAwsId: told,
      enabled: { onChange: "update", default: true },
      eventCategories: set,
      snsTopic: { onChange: "update", required: true },
      sourceIds: set,
      sourceType: changeable,
    },
    computed: ({ name }, { region }) => {
      const id = textOf(name, "subscription");
      return { id, outputs: { arn: `arn:aws:rds:${region}:${ACCOUNT}:es:${id}`, customerAwsId: ACCOUNT } };
    },
  }),
  awsKind({
    type: "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    source: "internal/service/rds/instance_automated_backups_replication.go",
    untagged: true,
    properties: {
      kmsKeyId: { onChange: "replace", computed: true },
      preSignedUrl: replacing,
      retentionPeriod: { onChange: "replace", default: 7 },
      sourceDbInstanceArn: { onChange: "replace", required: true },
    },
    computed: ({ sourceDbInstanceArn }, { region }) => {
      const id = `arn:aws:rds:${region}:${ACCOUNT}:auto-backup:ab-${uuidOf(textOf(sourceDbInstanceArn, "db")).slice(0, 8)}`;
      return { id, outputs: {} };
    },
  }),
];
