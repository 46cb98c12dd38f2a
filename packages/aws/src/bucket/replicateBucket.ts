import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyStatement, policyDocument, serviceTrust } from "../iam/policyDocument.js";
import type { BucketReplicationArgs } from "./BackupBucketArgs.js";
import { type BucketContext, createBucket, createKey, createSettings, type PlacedBucket, placed, tagged } from "./createBucket.js";
import { keyStatements } from "./storePolicies.js";

/** Where copies go. */
export interface CopiesBucket {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  kmsKeyArn: pulumi.Output<string>;
}

/** Lets S3 copy what is written from now on to another Region. */
export function replicateBucket(context: BucketContext, source: PlacedBucket, replication: BucketReplicationArgs): CopiesBucket {
  const { name, parent, plan, region, tags } = context;
  const { copies, readied } = placeCopies(context, replication);
  const role = new aws.iam.Role(
    `${name}-replication-role`,
    {
      assumeRolePolicy: serviceTrust("S3", "s3.amazonaws.com"),
      description: "S3 copies recovery points to another Region",
      ...tagged(tags),
    },
    { parent },
  );
  const policy = pulumi
    .all([source.arn, source.kmsKeyArn, copies.arn, copies.kmsKeyArn])
    .apply(([sourceArn, sourceKey, copiesArn, copiesKey]) =>
      policyDocument(
        replicationStatements({ sourceArn, sourceKey, copiesArn, copiesKey, prefix: plan.prefix, locked: plan.lock !== undefined }),
      ),
    );
  const rights = new aws.iam.RolePolicy(`${name}-replication-rights`, { role: role.name, policy }, { parent });
  new aws.s3.BucketReplicationConfig(
    `${name}-replication`,
    {
      bucket: source.name,
      role: role.arn,
      rules: [
        {
          id: "pgkeep-copies",
          status: "Enabled",
          priority: 1,
          // With a filter it is a rule of the second version, which alone says what becomes of delete markers.
          filter: { prefix: plan.prefix === "" ? "" : `${plan.prefix}/` },
          // What somebody hides here, by mistake or by force, stays in sight there.
          deleteMarkerReplication: { status: "Disabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: { bucket: copies.arn, encryptionConfiguration: { replicaKmsKeyId: copies.kmsKeyArn } },
        },
      ],
      ...placed(region),
    },
    { parent, protect: plan.protect, dependsOn: [...source.readied, ...readied, rights] },
  );
  return copies;
}

function placeCopies(context: BucketContext, replication: BucketReplicationArgs): { copies: CopiesBucket; readied: pulumi.Resource[] } {
  const { plan } = context;
  const { destinationArn, kmsKeyArn, region } = replication;
  if (destinationArn !== undefined || plan.copiesLifecycle === undefined) {
    const arn = pulumi.output(destinationArn ?? "");
    return { copies: { name: bucketOf(arn), arn, kmsKeyArn: pulumi.output(kmsKeyArn ?? "") }, readied: [] };
  }
  const there: BucketContext = { ...context, name: `${context.name}-copies`, region };
  const key = kmsKeyArn === undefined ? createKey(there, "Copies of pgkeep's recovery points").arn : pulumi.output(kmsKeyArn);
  const bucket = createBucket(there);
  const copies = { name: bucket.bucket, arn: bucket.arn, kmsKeyArn: key };
  return { copies, readied: createSettings(there, { ...copies, region: bucket.region }, plan.copiesLifecycle) };
}

/** A bucket's name, from its ARN. */
export function bucketOf(arn: pulumi.Output<string>): pulumi.Output<string> {
  return arn.apply((text) => text.split(":").at(-1) ?? "");
}

export interface ReplicatedStore {
  sourceArn: string;
  sourceKey: string | undefined;
  copiesArn: string;
  copiesKey: string;
  prefix: string;
  locked: boolean;
}

/**
 * What S3 needs to copy: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html and, for the keys,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html. Not `s3:ReplicateDelete`: delete markers stay here.
 */
export function replicationStatements({ sourceArn, sourceKey, copiesArn, copiesKey, prefix, locked }: ReplicatedStore): PolicyStatement[] {
  const because = "everything below the store's prefix is copied, and it gets its names later";
  const objects = (arn: string) => [`${arn}/${prefix === "" ? "" : `${prefix}/`}*`];
  const decrypt = keyStatements({ bucketArn: sourceArn, kmsKeyArn: sourceKey }, ["kms:Decrypt"]);
  const encrypt = keyStatements({ bucketArn: copiesArn, kmsKeyArn: copiesKey }, ["kms:Encrypt", "kms:GenerateDataKey"]);
  return [
    { sid: "ReadConfiguration", actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"], resources: [sourceArn] },
    {
      sid: "ReadVersions",
      actions: [
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        ...(locked ? ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] : []),
      ],
      resources: objects(sourceArn),
      because,
    },
    { sid: "WriteCopies", actions: ["s3:ReplicateObject", "s3:ReplicateTags"], resources: objects(copiesArn), because },
    ...decrypt.map((statement) => ({ ...statement, sid: "DecryptHere" })),
    ...encrypt.map((statement) => ({ ...statement, sid: "EncryptThere" })),
  ];
}
