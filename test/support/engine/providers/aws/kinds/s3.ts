import type { PropertyRule } from "../../ResourceKind.js";
import { awsKind, changeable, chosen, replacing, textOf, told } from "../awsKind.js";

const required = { onChange: "update", required: true } as const;
const off = { onChange: "update", default: false } as const;

/** One of the settings of a bucket: each is a resource of its own, and another bucket is another resource. */
function settingOf(type: string, source: string, properties: Readonly<Record<string, PropertyRule>>) {
  return awsKind({
    type: `aws:s3/${type}`,
    source: `internal/service/s3/${source}`,
    untagged: true,
    properties: { bucket: { onChange: "replace", required: true }, expectedBucketOwner: replacing, ...properties },
    computed: ({ bucket }) => ({ id: textOf(bucket, "bucket"), outputs: {} }),
  });
}

export const s3Kinds = [
  awsKind({
    type: "aws:s3/bucket:Bucket",
    source: "internal/service/s3/bucket.go",
    properties: {
      bucket: { onChange: "replace", autonamed: true },
      bucketPrefix: replacing,
      bucketNamespace: { onChange: "replace", computed: true },
      forceDestroy: off,
      objectLockEnabled: { onChange: "replace", computed: true },
      acl: chosen,
      policy: chosen,
      requestPayer: chosen,
      bucketDomainName: told,
      bucketRegion: told,
      bucketRegionalDomainName: told,
      hostedZoneId: told,
    },
    computed: ({ bucket }, { region }) => {
      const id = textOf(bucket, "bucket");
      const outputs = {
        arn: `arn:aws:s3:::${id}`,
        bucketDomainName: `${id}.s3.amazonaws.com`,
        bucketRegion: region,
        bucketRegionalDomainName: `${id}.s3.${region}.amazonaws.com`,
        hostedZoneId: "Z21DNDUVLTQW6Q",
      };
      return { id, outputs: { ...outputs, acl: "private", objectLockEnabled: false, policy: "", requestPayer: "BucketOwner" } };
    },
  }),
  settingOf("bucketVersioning:BucketVersioning", "bucket_versioning.go", { mfa: changeable, versioningConfiguration: required }),
  settingOf("bucketPublicAccessBlock:BucketPublicAccessBlock", "bucket_public_access_block.go", {
    blockPublicAcls: off,
    blockPublicPolicy: off,
    ignorePublicAcls: off,
    restrictPublicBuckets: off,
    skipDestroy: changeable,
  }),
  settingOf("bucketOwnershipControls:BucketOwnershipControls", "bucket_ownership_controls.go", { rule: required }),
  settingOf(
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "bucket_server_side_encryption_configuration.go",
    { rules: { ...required, set: true } },
  ),
  settingOf("bucketPolicy:BucketPolicy", "bucket_policy.go", { policy: required }),
  settingOf("bucketLifecycleConfiguration:BucketLifecycleConfiguration", "bucket_lifecycle_configuration.go", {
    rules: changeable,
    timeouts: changeable,
    transitionDefaultMinimumObjectSize: chosen,
  }),
  settingOf("bucketObjectLockConfiguration:BucketObjectLockConfiguration", "bucket_object_lock_configuration.go", {
    objectLockEnabled: { onChange: "replace", default: "Enabled" },
    rule: changeable,
    token: { onChange: "update", secret: true },
  }),
  settingOf("bucketLogging:BucketLogging", "bucket_logging.go", {
    targetBucket: required,
    targetGrants: { onChange: "update", set: true },
    targetObjectKeyFormat: changeable,
    targetPrefix: required,
  }),
  settingOf("bucketReplicationConfig:BucketReplicationConfig", "bucket_replication_configuration.go", {
    role: required,
    rules: required,
    token: { onChange: "update", secret: true },
  }),
];
