import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSnapshotCommand,
  CreateDBSubnetGroupCommand,
  CreateEventSubscriptionCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBParametersCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroupsCommand,
  DescribeEventSubscriptionsCommand,
  ListTagsForResourceCommand,
  ModifyDBParameterGroupCommand,
  type RDSClient,
} from "@aws-sdk/client-rds";
import { type Properties, type Replayer, tagList, tagMap } from "../Replayer.js";

/** Inputs of an instance whose name is another in the API. */
const INSTANCE_NAMES: Record<string, string> = {
  identifier: "DBInstanceIdentifier",
  instanceClass: "DBInstanceClass",
  dbName: "DBName",
  dbSubnetGroupName: "DBSubnetGroupName",
  parameterGroupName: "DBParameterGroupName",
  username: "MasterUsername",
  password: "MasterUserPassword",
  manageMasterUserPassword: "ManageMasterUserPassword",
  masterUserSecretKmsKeyId: "MasterUserSecretKmsKeyId",
  multiAz: "MultiAZ",
  backupWindow: "PreferredBackupWindow",
  maintenanceWindow: "PreferredMaintenanceWindow",
  caCertIdentifier: "CACertificateIdentifier",
  enabledCloudwatchLogsExports: "EnableCloudwatchLogsExports",
  iamDatabaseAuthenticationEnabled: "EnableIAMDatabaseAuthentication",
  performanceInsightsEnabled: "EnablePerformanceInsights",
  performanceInsightsKmsKeyId: "PerformanceInsightsKMSKeyId",
  iops: "Iops",
};

const INSTANCE_OWN = [
  "applyImmediately",
  "deleteAutomatedBackups",
  "skipFinalSnapshot",
  "finalSnapshotIdentifier",
  "allowMajorVersionUpgrade",
  "blueGreenUpdate",
];

async function tagsOf(rds: RDSClient, arn: unknown): Promise<Record<string, string>> {
  const { TagList } = await rds.send(new ListTagsForResourceCommand({ ResourceName: String(arn) }));
  return tagMap(TagList);
}

function instanceBack(instance: DBInstance | undefined): Properties {
  return {
    allocatedStorage: instance?.AllocatedStorage,
    autoMinorVersionUpgrade: instance?.AutoMinorVersionUpgrade,
    availabilityZone: instance?.AvailabilityZone,
    backupRetentionPeriod: instance?.BackupRetentionPeriod,
    backupWindow: instance?.PreferredBackupWindow,
    caCertIdentifier: instance?.CACertificateIdentifier,
    copyTagsToSnapshot: instance?.CopyTagsToSnapshot,
    dbName: instance?.DBName,
    dbSubnetGroupName: instance?.DBSubnetGroup?.DBSubnetGroupName,
    deletionProtection: instance?.DeletionProtection,
    enabledCloudwatchLogsExports: instance?.EnabledCloudwatchLogsExports,
    engine: instance?.Engine,
    engineVersion: instance?.EngineVersion,
    iamDatabaseAuthenticationEnabled: instance?.IAMDatabaseAuthenticationEnabled,
    identifier: instance?.DBInstanceIdentifier,
    instanceClass: instance?.DBInstanceClass,
    iops: instance?.Iops,
    kmsKeyId: instance?.KmsKeyId,
    maintenanceWindow: instance?.PreferredMaintenanceWindow,
    manageMasterUserPassword: instance?.MasterUserSecret !== undefined,
    masterUserSecretKmsKeyId: instance?.MasterUserSecret?.KmsKeyId,
    maxAllocatedStorage: instance?.MaxAllocatedStorage,
    multiAz: instance?.MultiAZ,
    parameterGroupName: instance?.DBParameterGroups?.[0]?.DBParameterGroupName,
    port: instance?.DbInstancePort || instance?.Endpoint?.Port,
    publiclyAccessible: instance?.PubliclyAccessible,
    storageEncrypted: instance?.StorageEncrypted,
    storageThroughput: instance?.StorageThroughput,
    storageType: instance?.StorageType,
    username: instance?.MasterUsername,
    vpcSecurityGroupIds: instance?.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
  };
}

async function describeInstance(rds: RDSClient, identifier: unknown) {
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: String(identifier) }));
  return DBInstances[0];
}

export const rdsReplayers: Replayer[] = [
  {
    type: "aws:rds/instance:Instance",
    providersOwn: INSTANCE_OWN,
    untold: [
      "password",
      "monitoringInterval",
      "performanceInsightsEnabled",
      "performanceInsightsKmsKeyId",
      "performanceInsightsRetentionPeriod",
    ],
    create: async ({ rds }, inputs) => {
      const sent = Object.entries(inputs).filter(
        ([key, value]) => ![...INSTANCE_OWN, "tags", "region", "__defaults"].includes(key) && value !== undefined,
      );
      const request = Object.fromEntries(
        sent.map(([key, value]) => [INSTANCE_NAMES[key] ?? key.charAt(0).toUpperCase() + key.slice(1), value]),
      );
      const { DBInstance } = await rds.send(new CreateDBInstanceCommand({ ...(request as object), Tags: tagList(inputs.tags) } as never));
      return {
        id: DBInstance?.DbiResourceId,
        arn: DBInstance?.DBInstanceArn,
        resourceId: DBInstance?.DbiResourceId,
        address: DBInstance?.Endpoint?.Address,
        endpoint: `${DBInstance?.Endpoint?.Address}:${DBInstance?.Endpoint?.Port}`,
      };
    },
    read: async ({ rds }, { identifier }, { arn }) => ({
      ...instanceBack(await describeInstance(rds, identifier)),
      tags: await tagsOf(rds, arn),
    }),
  },
  {
    type: "aws:rds/subnetGroup:SubnetGroup",
    create: async ({ rds }, { name, description, subnetIds, tags }) => {
      const { DBSubnetGroup } = await rds.send(
        new CreateDBSubnetGroupCommand({
          DBSubnetGroupName: name as string,
          DBSubnetGroupDescription: description as string,
          SubnetIds: subnetIds as string[],
          Tags: tagList(tags),
        }),
      );
      return { id: name, arn: DBSubnetGroup?.DBSubnetGroupArn };
    },
    read: async ({ rds }, { name }, { arn }) => {
      const { DBSubnetGroups = [] } = await rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: name as string }));
      const [group] = DBSubnetGroups;
      return {
        name: group?.DBSubnetGroupName,
        description: group?.DBSubnetGroupDescription,
        subnetIds: group?.Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier),
        tags: await tagsOf(rds, arn),
      };
    },
  },
  {
    type: "aws:rds/parameterGroup:ParameterGroup",
    providersOwn: ["skipDestroy"],
    create: async ({ rds }, { name, family, description, parameters, tags }) => {
      const DBParameterGroupName = name as string;
      const { DBParameterGroup } = await rds.send(
        new CreateDBParameterGroupCommand({
          DBParameterGroupName,
          DBParameterGroupFamily: family as string,
          Description: description as string,
          Tags: tagList(tags),
        }),
      );
      const list = (parameters ?? []) as { name: string; value: string; applyMethod?: string }[];
      await rds.send(
        new ModifyDBParameterGroupCommand({
          DBParameterGroupName,
          Parameters: list.map(({ name: ParameterName, value: ParameterValue, applyMethod = "immediate" }) => ({
            ParameterName,
            ParameterValue,
            ApplyMethod: applyMethod as "immediate",
          })),
        }),
      );
      return { id: name, arn: DBParameterGroup?.DBParameterGroupArn };
    },
    read: async ({ rds }, { name }, { arn }) => {
      const DBParameterGroupName = name as string;
      const { DBParameterGroups = [] } = await rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName }));
      const { Parameters = [] } = await rds.send(new DescribeDBParametersCommand({ DBParameterGroupName }));
      const [group] = DBParameterGroups;
      return {
        name: group?.DBParameterGroupName,
        family: group?.DBParameterGroupFamily,
        description: group?.Description,
        parameters: Parameters.map(({ ParameterName, ParameterValue, ApplyMethod }) => ({
          name: ParameterName,
          value: ParameterValue,
          applyMethod: ApplyMethod,
        })),
        tags: await tagsOf(rds, arn),
      };
    },
  },
  {
    type: "aws:rds/snapshot:Snapshot",
    providersOwn: ["sharedAccounts"],
    create: async ({ rds }, { dbInstanceIdentifier, dbSnapshotIdentifier, tags }) => {
      const { DBSnapshot } = await rds.send(
        new CreateDBSnapshotCommand({
          DBInstanceIdentifier: dbInstanceIdentifier as string,
          DBSnapshotIdentifier: dbSnapshotIdentifier as string,
          Tags: tagList(tags),
        }),
      );
      return { id: dbSnapshotIdentifier, dbSnapshotArn: DBSnapshot?.DBSnapshotArn };
    },
    read: async ({ rds }, { dbSnapshotIdentifier }, { dbSnapshotArn }) => {
      const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: dbSnapshotIdentifier as string }));
      const [snapshot] = DBSnapshots;
      return {
        dbInstanceIdentifier: snapshot?.DBInstanceIdentifier,
        dbSnapshotIdentifier: snapshot?.DBSnapshotIdentifier,
        tags: await tagsOf(rds, dbSnapshotArn),
      };
    },
  },
  {
    type: "aws:rds/eventSubscription:EventSubscription",
    create: async ({ rds }, { name, snsTopic, sourceType, sourceIds, eventCategories, enabled, tags }) => {
      const { EventSubscription } = await rds.send(
        new CreateEventSubscriptionCommand({
          SubscriptionName: name as string,
          SnsTopicArn: snsTopic as string,
          SourceType: sourceType as string,
          SourceIds: sourceIds as string[],
          EventCategories: eventCategories as string[],
          Enabled: enabled as boolean,
          Tags: tagList(tags),
        }),
      );
      return { id: name, arn: EventSubscription?.EventSubscriptionArn };
    },
    read: async ({ rds }, { name }, { arn }) => {
      const { EventSubscriptionsList = [] } = await rds.send(new DescribeEventSubscriptionsCommand({ SubscriptionName: name as string }));
      const [subscription] = EventSubscriptionsList;
      return {
        name: subscription?.CustSubscriptionId,
        snsTopic: subscription?.SnsTopicArn,
        sourceType: subscription?.SourceType,
        sourceIds: subscription?.SourceIdsList,
        eventCategories: subscription?.EventCategoriesList,
        enabled: subscription?.Enabled,
        tags: await tagsOf(rds, arn),
      };
    },
  },
];
