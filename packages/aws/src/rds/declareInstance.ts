import type { RdsStorage } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { declareKey } from "./declareKey.js";
import { declareLogs } from "./declareLogs.js";
import { declareNetwork, type RdsNetwork } from "./declareNetwork.js";
import { declareParameters } from "./declareParameters.js";
import { restoreText } from "./describeRestore.js";
import type { RdsDeclaration } from "./RdsDeclaration.js";
import { RdsBackupOwner, type RdsRestoreArgs } from "./RdsPostgresArgs.js";
import { RDS_DEFAULTS, rdsWindows, upgradesMinors } from "./rdsDefaults.js";
import { rdsStorage } from "./storageProblems.js";

/**
 * What is of the moment of creation and would make another, empty instance out of a later change, or of the removal of what restored this one
 * (https://github.com/hashicorp/terraform-provider-aws/issues/34522). A restored instance has its source's names and key, whatever is said here.
 */
const AT_CREATION_ONLY = ["restoreToPointInTime", "snapshotIdentifier", "dbName", "username", "kmsKeyId", "performanceInsightsKmsKeyId"];

/** A large instance is restored, or snapshotted before it goes, in more than the provider's 40 and 60 minutes. */
const PATIENCE = { create: "6h", update: "6h", delete: "6h" };

interface DeclaredInstance {
  instance: aws.rds.Instance;
  network: RdsNetwork;
}

/** The instance and everything that it needs. */
export function declareInstance(declaration: RdsDeclaration): DeclaredInstance {
  const { name, parent, identifier, args, protect, region, tags } = declaration;
  const key = declareKey(declaration);
  const network = declareNetwork(declaration);
  const parameterGroupName = declareParameters(declaration);
  const logGroups = declareLogs(declaration);
  const managedElsewhere = args.backups?.owner === RdsBackupOwner.AwsBackup ? ["backupRetentionPeriod", "backupWindow"] : [];
  const instance = new aws.rds.Instance(
    `${name}-instance`,
    {
      identifier,
      engine: "postgres",
      engineVersion: args.engineVersion ?? "",
      autoMinorVersionUpgrade: upgradesMinors(args),
      allowMajorVersionUpgrade: args.allowMajorVersionUpgrade ?? false,
      instanceClass: args.instanceClass ?? "",
      multiAz: args.multiAz ?? true,
      applyImmediately: args.applyImmediately ?? false,
      ...storageInputs(declaration),
      storageEncrypted: true,
      kmsKeyId: key,
      // All three also where it is restored: RDS would take the default ones of the Region, whatever the source has.
      dbSubnetGroupName: network.subnetGroupName,
      vpcSecurityGroupIds: [network.securityGroupId],
      parameterGroupName,
      port: args.port ?? RDS_DEFAULTS.port,
      publiclyAccessible: false,
      iamDatabaseAuthenticationEnabled: args.iamAuthentication ?? true,
      ...masterInputs(declaration, key),
      ...backupInputs(declaration),
      ...observationInputs(declaration, key),
      ...restoreInputs(args.restore),
      ...region,
      ...tags,
    },
    { parent, protect, dependsOn: logGroups, ignoreChanges: [...AT_CREATION_ONLY, ...managedElsewhere], customTimeouts: PATIENCE },
  );
  return { instance, network };
}

function storageInputs({ args: { storage } }: RdsDeclaration) {
  const settled = pulumi.output(storage).apply((known): RdsStorage => rdsStorage(known));
  return {
    storageType: rdsStorage({ ...(storage?.kind && { kind: storage.kind }) }).kind,
    allocatedStorage: settled.allocated,
    maxAllocatedStorage: settled.maximum,
    ...(storage?.iops && { iops: storage.iops }),
    ...(storage?.throughput && { storageThroughput: storage.throughput }),
  };
}

function masterInputs({ args: { databaseName, masterUsername, masterPassword, restore } }: RdsDeclaration, key: pulumi.Output<string>) {
  return {
    // RDS takes no name of a database with a restore (RestoreDBInstanceFromDBSnapshot).
    ...(databaseName && restore === undefined && { dbName: databaseName }),
    username: masterUsername ?? RDS_DEFAULTS.masterUsername,
    ...(masterPassword === undefined
      ? { manageMasterUserPassword: true, masterUserSecretKmsKeyId: key }
      : { password: pulumi.secret(masterPassword) }),
  };
}

function backupInputs({ name, parent, identifier, args, protect }: RdsDeclaration) {
  const windows = rdsWindows(args);
  const restoredFrom = pulumi.output(args.restore).apply((known) => (known === undefined ? "nothing" : restoreText(known)));
  // Each life of an instance ends in a snapshot of another name, or the second deletion would fail on the first one's.
  const suffix = new RandomId(`${name}-final-snapshot`, { byteLength: 4, keepers: { identifier, restoredFrom } }, { parent });
  return {
    backupRetentionPeriod: args.backups?.retentionDays ?? RDS_DEFAULTS.retentionDays,
    backupWindow: windows.backup,
    maintenanceWindow: windows.maintenance,
    deleteAutomatedBackups: pulumi.output(args.keepAutomatedBackups ?? true).apply((keep) => !keep),
    copyTagsToSnapshot: true,
    skipFinalSnapshot: pulumi.output(args.finalSnapshot ?? true).apply((take) => !take),
    finalSnapshotIdentifier: pulumi.interpolate`${identifier}-final-${suffix.hex}`,
    deletionProtection: args.deletionProtection ?? protect,
  };
}

function observationInputs({ args: { logs, performanceInsightsDays } }: RdsDeclaration, key: pulumi.Output<string>) {
  const exports = logs?.exports ?? RDS_DEFAULTS.logExports;
  const days = pulumi.output(performanceInsightsDays ?? RDS_DEFAULTS.performanceInsightsDays);
  // Whether it is on may be known late, so what depends on it is left out by undefined.
  const whenOn = <Value>(value: pulumi.Input<Value>) =>
    pulumi.all([days, value]).apply(([known, given]) => (known === 0 ? undefined : given));
  return {
    enabledCloudwatchLogsExports: exports,
    performanceInsightsEnabled: days.apply((known) => known !== 0),
    performanceInsightsRetentionPeriod: whenOn(days),
    performanceInsightsKmsKeyId: whenOn(key),
  };
}

function restoreInputs(restore: RdsRestoreArgs | undefined): Partial<aws.rds.InstanceArgs> {
  if (restore === undefined) return {};
  const { time, snapshotIdentifier, sourceIdentifier, sourceResourceId, sourceAutomatedBackupsArn } = restore;
  if (snapshotIdentifier !== undefined) return { snapshotIdentifier };
  return {
    restoreToPointInTime: {
      ...(time === undefined ? { useLatestRestorableTime: true } : { restoreTime: time }),
      ...(sourceIdentifier && { sourceDbInstanceIdentifier: sourceIdentifier }),
      ...(sourceResourceId && { sourceDbiResourceId: sourceResourceId }),
      ...(sourceAutomatedBackupsArn && { sourceDbInstanceAutomatedBackupsArn: sourceAutomatedBackupsArn }),
    },
  };
}
