import {
  parseArn,
  RETENTION_CLASS_TAG,
  RETENTION_PART_TAG,
  RetentionClass,
  RetentionPart,
  type StoreLayout,
  storeLayout,
} from "@pgkeep/core";
import { type PolicyStatement, policyDocument } from "../iam/policyDocument.js";

/** The part of a bucket that a store is in, as policies name it. */
export interface PolicedStore {
  bucketArn: string;
  /** Undefined where S3's own keys encrypt. */
  kmsKeyArn: string | undefined;
  /** Without slashes at its ends; empty for none. */
  prefix: string;
  clusters: readonly string[];
  /** Whether the agent writes a class onto what it writes. */
  tagged: boolean;
}

/** Who uses a store, each with rights of its own. */
export const STORE_PRINCIPALS = ["writer", "reader", "pruner", "drill"] as const;
export type StorePrincipal = (typeof STORE_PRINCIPALS)[number];

const KEYS = "recovery points get their names when they are taken";
const MANY = "so many clusters that a policy which names each would be longer than IAM takes";

/** Where a store has too many clusters to name: any of it. */
const ANY_CLUSTER = "*";

/** What of a cluster's folders a statement is about. The folders are those of core's `storeLayout`. */
type Folders = (layout: StoreLayout, cluster: string) => string[];

/** Manifests, records, signs of life. A dump's name never ends like this (core's `databaseObjectName`), nor do roles and files. */
const documents: Folders = (_, cluster) => [`${cluster}/*.json`];
const writerFolders: Folders = ({ points, manifests, suspicions, pins, audit, schedule, doctor }) => [
  points,
  manifests,
  suspicions,
  pins,
  audit,
  schedule,
  doctor("*"),
];

/**
 * `pgkeep backup`: puts, and reads the documents that it puts, to tell its own write from another's after a lost answer. No dump, no removal; neither
 * acceptances nor drill results nor tombstones, by which retention decides.
 */
export function writerStatements(store: PolicedStore): PolicyStatement[] {
  return [
    listing(store, ["s3:ListBucket"]),
    onObjects(store, "PutRecoveryPoints", ["s3:PutObject"], writerFolders),
    // `pgkeep doctor` compares the bucket's rules with the policy that they are to enforce.
    ...(store.tagged
      ? [tagging(store), { sid: "ReadLifecycle", actions: ["s3:GetLifecycleConfiguration"], resources: [store.bucketArn] }]
      : []),
    onObjects(store, "AbortOwnUploads", ["s3:AbortMultipartUpload"], ({ points }) => [points]),
    onObjects(store, "ReadDocuments", ["s3:GetObject"], documents),
    // Decrypt is for the documents, and S3 needs it to put the parts of an upload together.
    ...keyStatements(store, ["kms:GenerateDataKey", "kms:Decrypt"]),
  ];
}

/** `pgkeep restore`, `list`, `status`: reads everything, also names of what is hidden, and writes nothing. */
export function readerStatements(store: PolicedStore): PolicyStatement[] {
  return [
    listing(store, ["s3:ListBucket", "s3:ListBucketVersions"]),
    onObjects(store, "ReadRecoveryPoints", ["s3:GetObject"], (_, cluster) => [`${cluster}/`]),
    ...keyStatements(store, ["kms:Decrypt"]),
  ];
}

/** `pgkeep drill`: a reader that leaves what it proved, marks of use, and a trail. */
export function drillStatements(store: PolicedStore): PolicyStatement[] {
  return [
    listing(store, ["s3:ListBucket", "s3:ListBucketVersions"]),
    onObjects(store, "ReadRecoveryPoints", ["s3:GetObject"], (_, cluster) => [`${cluster}/`]),
    onObjects(store, "PutDrillResults", ["s3:PutObject"], ({ drills, inUse, audit }) => [drills, inUse, audit]),
    ...keyStatements(store, ["kms:GenerateDataKey", "kms:Decrypt"]),
  ];
}

/**
 * `pgkeep retention apply` and `undelete`: lists, reads documents, writes tombstones and the trail, removes versions. Reads no dump; leaves drill
 * results and the trail, which are evidence. A plain DELETE, which only hides, is not among its rights, nor is going around Object Lock.
 */
export function prunerStatements(store: PolicedStore): PolicyStatement[] {
  return [
    listing(store, ["s3:ListBucket", "s3:ListBucketVersions"]),
    {
      sid: "ListUploadsAndLock",
      actions: ["s3:ListBucketMultipartUploads", "s3:GetBucketObjectLockConfiguration"],
      resources: [store.bucketArn],
    },
    onObjects(store, "ReadDocuments", ["s3:GetObject"], documents),
    onObjects(store, "PutTombstonesAndTrail", ["s3:PutObject"], ({ tombstones, audit, schedule }) => [tombstones, audit, schedule]),
    onObjects(store, "RemoveVersions", ["s3:DeleteObjectVersion", "s3:GetObjectRetention", "s3:GetObjectLegalHold"], (layout) => {
      const { manifests, points, suspicions, acceptances, pins, tombstones, inUse } = layout;
      return [manifests, points, suspicions, acceptances, pins, tombstones, inUse];
    }),
    onObjects(store, "AbortDeadUploads", ["s3:AbortMultipartUpload"], ({ points }) => [points]),
    // The documents are encrypted by the same key as the dumps, and S3 alone keeps those apart: see docs/aws-bucket.md.
    ...keyStatements(store, ["kms:GenerateDataKey", "kms:Decrypt"]),
  ];
}

export const STORE_STATEMENTS: Readonly<Record<StorePrincipal, (store: PolicedStore) => PolicyStatement[]>> = {
  writer: writerStatements,
  reader: readerStatements,
  pruner: prunerStatements,
  drill: drillStatements,
};

/**
 * A request for an object that is not there is answered with 404 only to who may list, and 403 would end a run. Such a request bears no prefix, so the
 * condition must let that pass (IfExists); what it refuses is a listing of another prefix.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
function listing(store: PolicedStore, actions: string[]): PolicyStatement {
  const prefixes = store.clusters.map((cluster) => `${below(store)}${cluster}/*`);
  return { sid: "ListStore", actions, resources: [store.bucketArn], conditions: { StringLikeIfExists: { "s3:prefix": prefixes } } };
}

function onObjects(store: PolicedStore, sid: string, actions: string[], foldersOf: Folders): PolicyStatement {
  const keys = store.clusters.flatMap((cluster) => foldersOf(storeLayout(cluster), cluster));
  const resources = keys.map((key) => `${store.bucketArn}/${below(store)}${key}${key.endsWith("/") ? "*" : ""}`);
  return { sid, actions, resources, because: store.clusters.includes(ANY_CLUSTER) ? `${KEYS}; ${MANY}` : KEYS };
}

/** Only onto what it writes: the bucket policy refuses other tags where there are some. Only the tags there are. */
function tagging(store: PolicedStore): PolicyStatement {
  return {
    ...onObjects(store, "TagWithClass", ["s3:PutObjectTagging"], ({ points, manifests }) => [points, manifests]),
    conditions: {
      StringEquals: {
        [`s3:RequestObjectTag/${RETENTION_CLASS_TAG}`]: Object.values(RetentionClass),
        [`s3:RequestObjectTag/${RETENTION_PART_TAG}`]: Object.values(RetentionPart),
      },
    },
  };
}

/**
 * The key through S3 and for this bucket only: with bucket keys its ARN is the encryption context, without the object's.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
 */
export function keyStatements(
  { bucketArn, kmsKeyArn }: Pick<PolicedStore, "bucketArn" | "kmsKeyArn">,
  actions: string[],
): PolicyStatement[] {
  if (kmsKeyArn === undefined) return [];
  return [
    {
      sid: "UseKeyThroughS3",
      actions,
      resources: [kmsKeyArn],
      conditions: {
        StringEquals: { "kms:ViaService": s3ServiceOf(kmsKeyArn) },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucketArn, `${bucketArn}/*`] },
      },
    },
  ];
}

/** S3's name for KMS, in the Region and partition of a key. https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
function s3ServiceOf(kmsKeyArn: string): string {
  const { region = "", partition = "aws" } = parseArn(kmsKeyArn) ?? {};
  return `s3.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
}

function below({ prefix }: PolicedStore): string {
  return prefix === "" ? "" : `${prefix}/`;
}

/** Of a managed policy, without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_POLICY_CHARACTERS = 6144;

/** The clusters that policies name: all of them, or where that would be too long for IAM, any below the store's prefix. */
export function namedClusters({ prefix, clusters, tagged }: Pick<PolicedStore, "prefix" | "clusters" | "tagged">): string[] {
  // The longest that names can be: what is deployed later must not fail at IAM for two letters.
  const store = {
    bucketArn: `arn:aws-us-gov:s3:::${"x".repeat(63)}`,
    kmsKeyArn: `arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/${"x".repeat(36)}`,
    prefix,
    clusters,
    tagged,
  };
  const lengths = STORE_PRINCIPALS.map((principal) => policyDocument(STORE_STATEMENTS[principal](store)).length);
  return Math.max(...lengths) <= MOST_POLICY_CHARACTERS ? [...clusters] : [ANY_CLUSTER];
}
