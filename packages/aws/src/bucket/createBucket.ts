import type { BucketLifecycle, LifecycleRule } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../iam/policyDocument.js";
import { BucketSetting } from "./BackupBucketArgs.js";
import type { BucketPlan } from "./bucketPlan.js";
import { bucketPolicyStatements } from "./bucketPolicy.js";

/** Whose children are made, and with what. */
export interface BucketContext {
  /** Begins the names of the children. */
  name: string;
  parent: pulumi.ComponentResource;
  plan: BucketPlan;
  region: pulumi.Input<string> | undefined;
  tags: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
}

/** A bucket, made or given. */
export interface PlacedBucket {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  region: pulumi.Output<string>;
  /** Undefined inside where no KMS key is known. */
  kmsKeyArn: pulumi.Output<string | undefined>;
  /** What S3 wants before replication: versioning, and Object Lock at both ends where there is one. */
  readied: pulumi.Resource[];
}

/** Small objects stay where they are: signs of life are read by whoever prunes, and moving one costs more than it saves (8 to 40 KB are added to each in an archive). */
const SMALL_OBJECTS_STAY = "all_storage_classes_128K";

export function createKey({ name, parent, plan, region, tags }: BucketContext, description: string): aws.kms.Key {
  return new aws.kms.Key(
    `${name}-key`,
    { description, enableKeyRotation: true, deletionWindowInDays: 30, ...placed(region), ...tagged(tags) },
    { parent, protect: plan.protect },
  );
}

export function createBucket({ name, parent, plan, region, tags }: BucketContext, bucketName?: pulumi.Input<string>): aws.s3.Bucket {
  return new aws.s3.Bucket(
    `${name}-bucket`,
    // No objectLockEnabled: another value of it is another bucket, and Object Lock can be turned on later without.
    { forceDestroy: false, ...(bucketName === undefined ? {} : { bucket: bucketName }), ...placed(region), ...tagged(tags) },
    { parent, protect: plan.protect },
  );
}

/** Declares what stands on a bucket, as far as the plan says. Returns what S3 wants before replication. */
export function createSettings(
  context: BucketContext,
  bucket: Omit<PlacedBucket, "readied">,
  lifecycle: BucketLifecycle,
): pulumi.Resource[] {
  const { name, parent, plan, region } = context;
  const on = { bucket: bucket.name, ...placed(region) };
  // A destroy that the bucket refuses would all the same have taken these from it: versions, encryption, refusals, lock.
  const options: pulumi.CustomResourceOptions = { parent, protect: plan.protect };
  const has = (setting: BucketSetting) => plan.declares.has(setting);
  const versioned = has(BucketSetting.Versioning)
    ? [new aws.s3.BucketVersioning(`${name}-versioning`, { ...on, versioningConfiguration: { status: "Enabled" } }, options)]
    : [];
  const shut = has(BucketSetting.PublicAccess)
    ? [
        new aws.s3.BucketPublicAccessBlock(
          `${name}-public-access`,
          { ...on, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
          options,
        ),
      ]
    : [];
  if (has(BucketSetting.Ownership)) {
    new aws.s3.BucketOwnershipControls(`${name}-ownership`, { ...on, rule: { objectOwnership: "BucketOwnerEnforced" } }, options);
  }
  if (has(BucketSetting.Encryption)) createEncryption(context, on, bucket.kmsKeyArn);
  if (has(BucketSetting.Policy)) {
    const policy = pulumi
      .all([bucket.arn, bucket.kmsKeyArn])
      .apply(([bucketArn, kmsKeyArn]) =>
        policyDocument(bucketPolicyStatements({ bucketArn, kmsKeyArn, prefix: plan.prefix, tagged: plan.retention !== undefined })),
      );
    // S3 judges whether a policy is public while it is put: both at one time conflict.
    new aws.s3.BucketPolicy(`${name}-policy`, { ...on, policy }, { ...options, dependsOn: shut });
  }
  if (has(BucketSetting.Lifecycle)) {
    const rules = lifecycle.rules.map(renderRule);
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { ...on, rules, transitionDefaultMinimumObjectSize: SMALL_OBJECTS_STAY },
      { ...options, dependsOn: versioned },
    );
  }
  return plan.lock === undefined ? versioned : [...versioned, createLock(context, on, plan.lock, versioned)];
}

function createLock(
  { name, parent, plan }: BucketContext,
  on: { bucket: pulumi.Output<string> },
  { mode, days }: NonNullable<BucketPlan["lock"]>,
  versioned: pulumi.Resource[],
): pulumi.Resource {
  return new aws.s3.BucketObjectLockConfiguration(
    `${name}-object-lock`,
    { ...on, rule: { defaultRetention: { mode, days } } },
    { parent, protect: plan.protect, dependsOn: versioned },
  );
}

function createEncryption(
  { name, parent, plan }: BucketContext,
  on: { bucket: pulumi.Output<string> },
  kmsKeyArn: PlacedBucket["kmsKeyArn"],
): void {
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      ...on,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn.apply((arn) => arn ?? "") },
          // One request to KMS for many objects, instead of one each: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
          bucketKeyEnabled: true,
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    },
    { parent, protect: plan.protect },
  );
}

/** A rule as the provider has it. */
export function renderRule(rule: LifecycleRule): aws.types.input.s3.BucketLifecycleConfigurationRule {
  const { id, transitions, expirationDays, expiredObjectDeleteMarker, noncurrentDays, abortAfterDays } = rule;
  return {
    id,
    status: "Enabled",
    filter: renderFilter(rule),
    ...(transitions.length === 0
      ? {}
      : { transitions: transitions.map(({ storageClass, afterDays }) => ({ storageClass, days: afterDays })) }),
    ...(expirationDays === undefined ? {} : { expiration: { days: expirationDays } }),
    ...(expiredObjectDeleteMarker === undefined ? {} : { expiration: { expiredObjectDeleteMarker: true } }),
    ...(noncurrentDays === undefined ? {} : { noncurrentVersionExpiration: { noncurrentDays } }),
    ...(abortAfterDays === undefined ? {} : { abortIncompleteMultipartUpload: { daysAfterInitiation: abortAfterDays } }),
  };
}

/** `and` is for two conditions or more; the rule's own `prefix` is deprecated. */
function renderFilter({ prefix, tags }: LifecycleRule): aws.types.input.s3.BucketLifecycleConfigurationRuleFilter {
  if (Object.keys(tags).length === 0) return { prefix };
  return { and: { ...(prefix === "" ? {} : { prefix }), tags } };
}

export function placed(region: pulumi.Input<string> | undefined): { region?: pulumi.Input<string> } {
  return region === undefined ? {} : { region };
}

export function tagged(tags: BucketContext["tags"]): { tags?: pulumi.Input<Record<string, pulumi.Input<string>>> } {
  return tags === undefined ? {} : { tags };
}
