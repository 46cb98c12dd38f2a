import type { Existing, PropertyRule, ResourceKind } from "../../ResourceKind.js";
import { uuidOf } from "../../uuidOf.js";
import type { PlainProperties } from "../../wireValues.js";
import { ACCOUNT, awsKind, changeable, chosen, nameOf, replacing, textOf, told } from "../awsKind.js";

const set = { onChange: "update", set: true } as const;
const replacingChosen = { onChange: "replace", computed: true } as const;

const named: Record<string, PropertyRule> = {
  name: { onChange: "replace", autonamed: true, computed: true },
  namePrefix: replacingChosen,
};

const instance = awsKind({
  type: "aws:rds/instance:Instance",
  source: "internal/service/rds/instance.go",
  properties: {
    // More than is declared is no difference where storage may grow (DiffSuppressFunc): nothing grows here.
    allocatedStorage: chosen,
    allowMajorVersionUpgrade: changeable,
    applyImmediately: chosen,
    autoMinorVersionUpgrade: { onChange: "update", default: true },
    availabilityZone: replacingChosen,
    backupRetentionPeriod: chosen,
    backupTarget: replacingChosen,
    backupWindow: chosen,
    blueGreenUpdate: changeable,
    caCertIdentifier: chosen,
    characterSetName: replacingChosen,
    copyTagsToSnapshot: { onChange: "update", default: false },
    databaseInsightsMode: chosen,
    dbName: replacingChosen,
    dbSubnetGroupName: chosen,
    dedicatedLogVolume: changeable,
    deleteAutomatedBackups: { onChange: "update", default: true },
    deletionProtection: changeable,
    enabledCloudwatchLogsExports: set,
    engine: replacingChosen,
    engineLifecycleSupport: replacingChosen,
    engineVersion: chosen,
    finalSnapshotIdentifier: changeable,
    iamDatabaseAuthenticationEnabled: changeable,
    identifier: replacingChosen,
    identifierPrefix: replacingChosen,
    instanceClass: { onChange: "update", required: true },
    iops: chosen,
    kmsKeyId: replacingChosen,
    licenseModel: chosen,
    maintenanceWindow: chosen,
    manageMasterUserPassword: changeable,
    masterUserSecretKmsKeyId: chosen,
    maxAllocatedStorage: changeable,
    monitoringInterval: { onChange: "update", default: 0 },
    monitoringRoleArn: chosen,
    multiAz: chosen,
    networkType: chosen,
    optionGroupName: chosen,
    parameterGroupName: chosen,
    password: { onChange: "update", secret: true },
    performanceInsightsEnabled: { onChange: "update", default: false },
    performanceInsightsKmsKeyId: chosen,
    performanceInsightsRetentionPeriod: chosen,
    port: chosen,
    publiclyAccessible: { onChange: "update", default: false },
    replicateSourceDb: changeable,
    restoreToPointInTime: replacing,
    skipFinalSnapshot: { onChange: "update", default: false },
    snapshotIdentifier: replacingChosen,
    storageEncrypted: replacing,
    storageThroughput: chosen,
    storageType: chosen,
    username: replacingChosen,
    vpcSecurityGroupIds: { ...set, computed: true },
    ...Object.fromEntries(
      [
        "address",
        "endpoint",
        "engineVersionActual",
        "hostedZoneId",
        "latestRestorableTime",
        "masterUserSecrets",
        "replicas",
        "resourceId",
        "status",
      ].map((name) => [name, told]),
    ),
  },
  computed: (planned, { name, region }) => {
    const identifier = textOf(planned.identifier, name);
    const resourceId = `db-${uuidOf(identifier).replaceAll("-", "").slice(0, 26).toUpperCase()}`;
    const address = `${identifier}.c9akciq32.${region}.rds.amazonaws.com`;
    const port = typeof planned.port === "number" ? planned.port : 5432;
    const secretArn = `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:rds!${resourceId.toLowerCase()}-AbCdEf`;
    return {
      // The id is the DbiResourceId since 5.0 of the source.
      id: resourceId,
      outputs: {
        address,
        arn: `arn:aws:rds:${region}:${ACCOUNT}:db:${identifier}`,
        endpoint: `${address}:${port}`,
        engineVersionActual: `${textOf(planned.engineVersion, "16")}`,
        identifier,
        masterUserSecrets:
          planned.manageMasterUserPassword === true
            ? [{ kmsKeyId: textOf(planned.masterUserSecretKmsKeyId, "alias/aws/secretsmanager"), secretArn, secretStatus: "active" }]
            : [],
        port,
        replicas: [],
        resourceId,
        status: "available",
      },
    };
  },
});

/** What a restored instance has from its source, and no argument of the API that restores could change. It is read back as it is. */
const OF_THE_SOURCE = { username: "source_owner", dbName: "source", kmsKeyId: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/of-the-source` };

const asRestored = (existing: Existing, inputs: PlainProperties): Existing =>
  inputs.snapshotIdentifier === undefined && inputs.restoreToPointInTime === undefined
    ? existing
    : { ...existing, outputs: { ...existing.outputs, ...OF_THE_SOURCE } };

export const rdsKinds = [
  {
    ...instance,
    create: async (session, planned, name) => asRestored(await instance.create(session, planned, name), planned),
    update: async (session, id, old, planned) => asRestored(await instance.update(session, id, old, planned), old),
  } satisfies ResourceKind<undefined>,
  awsKind({
    type: "aws:rds/parameterGroup:ParameterGroup",
    source: "internal/service/rds/parameter_group.go",
    properties: {
      description: { onChange: "replace", default: "Managed by Pulumi" },
      family: { onChange: "replace", required: true },
      ...named,
      parameters: set,
      skipDestroy: { onChange: "update", default: false },
    },
    computed: (planned, { region }) => {
      const id = nameOf(planned);
      return { id, outputs: { name: id, arn: `arn:aws:rds:${region}:${ACCOUNT}:pg:${id}` } };
    },
  }),
  awsKind({
    type: "aws:rds/subnetGroup:SubnetGroup",
    source: "internal/service/rds/subnet_group.go",
    properties: {
      description: { onChange: "update", default: "Managed by Pulumi" },
      ...named,
      subnetIds: { ...set, required: true },
      supportedNetworkTypes: told,
      vpcId: told,
    },
    computed: (planned, { region }) => {
      const id = nameOf(planned);
      return { id, outputs: { name: id, arn: `arn:aws:rds:${region}:${ACCOUNT}:subgrp:${id}`, supportedNetworkTypes: ["IPV4"] } };
    },
  }),
];
