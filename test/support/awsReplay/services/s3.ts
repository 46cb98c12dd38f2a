import {
  CreateBucketCommand,
  type DefaultRetention,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { type Properties, pulumiNames, type Replayer, sdkNames, tagList, tagMap } from "../Replayer.js";

const GLOBAL_REGION = "us-east-1";
const nameOf = ({ bucket }: Properties) => ({ Bucket: String(bucket) });

export const s3Replayers: Replayer[] = [
  {
    type: "aws:s3/bucket:Bucket",
    providersOwn: ["forceDestroy"],
    create: async ({ s3 }, { bucket, objectLockEnabled, tags }) => {
      const region = await s3.config.region();
      await s3.send(
        new CreateBucketCommand({
          Bucket: bucket as string,
          ObjectLockEnabledForBucket: objectLockEnabled === true,
          ...(region === GLOBAL_REGION ? {} : { CreateBucketConfiguration: { LocationConstraint: region as "eu-central-1" } }),
        }),
      );
      if (tags !== undefined) await s3.send(new PutBucketTaggingCommand({ ...nameOf({ bucket }), Tagging: { TagSet: tagList(tags) } }));
      return {};
    },
    read: async ({ s3 }, { bucket, objectLockEnabled, tags }) => {
      const found = tags === undefined ? undefined : await s3.send(new GetBucketTaggingCommand(nameOf({ bucket })));
      const lock = objectLockEnabled === true ? await s3.send(new GetObjectLockConfigurationCommand(nameOf({ bucket }))) : undefined;
      return {
        bucket,
        tags: tagMap(found?.TagSet),
        objectLockEnabled: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled",
      };
    },
  },
  {
    type: "aws:s3/bucketVersioning:BucketVersioning",
    create: async ({ s3 }, { bucket, versioningConfiguration }) => {
      const { status } = versioningConfiguration as { status: "Enabled" };
      await s3.send(new PutBucketVersioningCommand({ ...nameOf({ bucket }), VersioningConfiguration: { Status: status } }));
      return {};
    },
    read: async ({ s3 }, { bucket }) => {
      const { Status } = await s3.send(new GetBucketVersioningCommand(nameOf({ bucket })));
      return { bucket, versioningConfiguration: { status: Status } };
    },
  },
  {
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    providersOwn: ["skipDestroy"],
    create: async ({ s3 }, { bucket, region: _region, skipDestroy: _skip, ...block }) => {
      await s3.send(new PutPublicAccessBlockCommand({ ...nameOf({ bucket }), PublicAccessBlockConfiguration: sdkNames(block) as object }));
      return {};
    },
    read: async ({ s3 }, { bucket }) => {
      const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand(nameOf({ bucket })));
      return { bucket, ...(pulumiNames(PublicAccessBlockConfiguration) as Properties) };
    },
  },
  {
    type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    create: async ({ s3 }, { bucket, rule }) => {
      const { objectOwnership } = rule as { objectOwnership: "BucketOwnerEnforced" };
      await s3.send(
        new PutBucketOwnershipControlsCommand({
          ...nameOf({ bucket }),
          OwnershipControls: { Rules: [{ ObjectOwnership: objectOwnership }] },
        }),
      );
      return {};
    },
    read: async ({ s3 }, { bucket }) => {
      const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand(nameOf({ bucket })));
      return { bucket, rule: { objectOwnership: OwnershipControls?.Rules?.[0]?.ObjectOwnership } };
    },
  },
  {
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    untold: ["rules.blockedEncryptionTypes"],
    create: async ({ s3 }, { bucket, rules }) => {
      const Rules = (rules as Properties[]).map(({ applyServerSideEncryptionByDefault, bucketKeyEnabled, blockedEncryptionTypes }) => {
        const { sseAlgorithm, kmsMasterKeyId } = applyServerSideEncryptionByDefault as { sseAlgorithm: "aws:kms"; kmsMasterKeyId?: string };
        return {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: sseAlgorithm,
            ...(kmsMasterKeyId === undefined ? {} : { KMSMasterKeyID: kmsMasterKeyId }),
          },
          BucketKeyEnabled: bucketKeyEnabled as boolean,
          ...(blockedEncryptionTypes === undefined
            ? {}
            : { BlockedEncryptionTypes: { EncryptionType: blockedEncryptionTypes as "SSE-C"[] } }),
        };
      });
      await s3.send(new PutBucketEncryptionCommand({ ...nameOf({ bucket }), ServerSideEncryptionConfiguration: { Rules } }));
      return {};
    },
    read: async ({ s3 }, { bucket }) => {
      const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand(nameOf({ bucket })));
      const rules = ServerSideEncryptionConfiguration?.Rules?.map(({ ApplyServerSideEncryptionByDefault: by, BucketKeyEnabled }) => ({
        applyServerSideEncryptionByDefault: { sseAlgorithm: by?.SSEAlgorithm, kmsMasterKeyId: by?.KMSMasterKeyID },
        bucketKeyEnabled: BucketKeyEnabled,
      }));
      return { bucket, rules };
    },
  },
  {
    type: "aws:s3/bucketPolicy:BucketPolicy",
    create: async ({ s3 }, { bucket, policy }) => {
      await s3.send(new PutBucketPolicyCommand({ ...nameOf({ bucket }), Policy: policy as string }));
      return {};
    },
    read: async ({ s3 }, { bucket }) => {
      const { Policy } = await s3.send(new GetBucketPolicyCommand(nameOf({ bucket })));
      return { bucket, policy: Policy };
    },
  },
  {
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    untold: ["transitionDefaultMinimumObjectSize"],
    create: async ({ s3 }, { bucket, rules, transitionDefaultMinimumObjectSize }) => {
      await s3.send(
        new PutBucketLifecycleConfigurationCommand({
          ...nameOf({ bucket }),
          TransitionDefaultMinimumObjectSize: transitionDefaultMinimumObjectSize as "varies_by_storage_class",
          LifecycleConfiguration: { Rules: (rules as Properties[]).map(lifecycleRule) as never },
        }),
      );
      return {};
    },
    read: async ({ s3 }, { bucket, rules }) => {
      const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand(nameOf({ bucket })));
      // A list by the rules' ids: the server may give them in another order.
      const said = (rules as { id?: string }[]).map(({ id }) => Rules.find(({ ID }) => ID === id));
      return { bucket, rules: said.map((rule) => lifecycleRuleBack(rule as unknown as Properties)) };
    },
  },
  {
    type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    providersOwn: ["token"],
    create: async ({ s3 }, { bucket, objectLockEnabled, rule }) => {
      await s3.send(
        new PutObjectLockConfigurationCommand({
          ...nameOf({ bucket }),
          ObjectLockConfiguration: {
            ObjectLockEnabled: (objectLockEnabled ?? "Enabled") as "Enabled",
            ...(rule === undefined ? {} : { Rule: sdkNames(rule) as object }),
          },
        }),
      );
      return {};
    },
    read: async ({ s3 }, { bucket }) => {
      const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand(nameOf({ bucket })));
      return {
        bucket,
        objectLockEnabled: ObjectLockConfiguration?.ObjectLockEnabled,
        rule: lockRuleBack(ObjectLockConfiguration?.Rule?.DefaultRetention),
      };
    },
  },
  {
    type: "aws:s3/bucketLogging:BucketLogging",
    create: async ({ s3 }, { bucket, targetBucket, targetPrefix }) => {
      await s3.send(
        new PutBucketLoggingCommand({
          ...nameOf({ bucket }),
          BucketLoggingStatus: { LoggingEnabled: { TargetBucket: targetBucket as string, TargetPrefix: targetPrefix as string } },
        }),
      );
      return {};
    },
    read: async ({ s3 }, { bucket }) => {
      const { LoggingEnabled } = await s3.send(new GetBucketLoggingCommand(nameOf({ bucket })));
      return { bucket, targetBucket: LoggingEnabled?.TargetBucket, targetPrefix: LoggingEnabled?.TargetPrefix };
    },
  },
  {
    type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    untold: ["rules.sourceSelectionCriteria"],
    create: async ({ s3 }, { bucket, role, rules }) => {
      await s3.send(
        new PutBucketReplicationCommand({
          ...nameOf({ bucket }),
          ReplicationConfiguration: { Role: role as string, Rules: (rules as Properties[]).map(replicationRule) as never },
        }),
      );
      return {};
    },
    read: async ({ s3 }, { bucket }) => {
      const { ReplicationConfiguration } = await s3.send(new GetBucketReplicationCommand(nameOf({ bucket })));
      return {
        bucket,
        role: ReplicationConfiguration?.Role,
        rules: ReplicationConfiguration?.Rules?.map((rule) => replicationRuleBack(rule as unknown as Properties)),
      };
    },
  },
];

/** moto tells years as 0 beside days. */
function lockRuleBack(retention: DefaultRetention | undefined): Properties | undefined {
  if (retention === undefined) return undefined;
  const { Mode, Days, Years } = retention;
  return { defaultRetention: { mode: Mode, ...(Days ? { days: Days } : {}), ...(Years ? { years: Years } : {}) } };
}

/** `id` is `ID` in S3, and so on; the rest follows from the letters. */
function lifecycleRule({ id, filter, ...rule }: Properties): Properties {
  return { ...(sdkNames(rule) as Properties), ID: id, Filter: filterOf(filter as Properties | undefined) };
}

function filterOf(filter: Properties | undefined): Properties {
  const { and, ...rest } = filter ?? {};
  const both = and as Properties | undefined;
  return {
    ...(sdkNames(rest) as Properties),
    ...(both === undefined ? {} : { And: { ...(sdkNames({ ...both, tags: undefined }) as Properties), Tags: tagList(both.tags) } }),
  };
}

function lifecycleRuleBack(rule: Properties | undefined): Properties {
  const { ID, Filter, ...rest } = rule ?? {};
  return { ...(pulumiNames(rest) as Properties), id: ID, filter: filterBack(Filter as Properties | undefined) };
}

function filterBack(filter: Properties | undefined): Properties {
  const { And, ...rest } = filter ?? {};
  const both = And as ({ Tags?: { Key?: string; Value?: string }[] } & Properties) | undefined;
  return {
    ...(pulumiNames(rest) as Properties),
    ...(both === undefined ? {} : { and: { ...(pulumiNames({ ...both, Tags: undefined }) as Properties), tags: tagMap(both.Tags) } }),
  };
}

function replicationRule({ id, filter, destination, ...rule }: Properties): Properties {
  const { encryptionConfiguration, ...target } = destination as Properties;
  const encryption = encryptionConfiguration as { replicaKmsKeyId?: string } | undefined;
  return {
    ...(sdkNames(rule) as Properties),
    ID: id,
    ...(filter === undefined ? {} : { Filter: filterOf(filter as Properties) }),
    Destination: {
      ...(sdkNames(target) as Properties),
      ...(encryption === undefined ? {} : { EncryptionConfiguration: { ReplicaKmsKeyID: encryption.replicaKmsKeyId } }),
    },
  };
}

function replicationRuleBack({ ID, Filter, Destination, ...rule }: Properties): Properties {
  const { EncryptionConfiguration, ...target } = Destination as Properties;
  const encryption = EncryptionConfiguration as { ReplicaKmsKeyID?: string } | undefined;
  return {
    ...(pulumiNames(rule) as Properties),
    id: ID,
    ...(Filter === undefined ? {} : { filter: filterBack(Filter as Properties) }),
    destination: {
      ...(pulumiNames(target) as Properties),
      ...(encryption === undefined ? {} : { encryptionConfiguration: { replicaKmsKeyId: encryption.ReplicaKmsKeyID } }),
    },
  };
}
