import { databaseObjectName, storeLayout, Verdict } from "@pgkeep/core";
import { beforeAll, describe, expect, it } from "vitest";
import { bucketPolicyStatements } from "../../packages/aws/src/bucket/bucketPolicy.js";
import { type PolicedStore, STORE_STATEMENTS, type StorePrincipal } from "../../packages/aws/src/bucket/storePolicies.js";
import { policyDocument } from "../../packages/aws/src/iam/policyDocument.js";
import { KEY_ARN } from "../support/bucketArguments.js";
import { isAllowed, type PolicedRequest } from "../support/iamEvaluator.js";

/* Evaluated by @cloud-copilot/iam-simulate, which is no part of AWS: see test/support/iamEvaluator.ts. */

const BUCKET = "arn:aws:s3:::acme-backups";
const OTHER_KEY = KEY_ARN.replace("1234abcd", "deadbeef");
const store: PolicedStore = { bucketArn: BUCKET, kmsKeyArn: KEY_ARN, prefix: "postgres", clusters: ["orders"], tagged: false };
const bySS3: PolicedStore = { ...store, tagged: true };

const id = "20261121T020000Z-4f9k2m1x";
const at = new Date("2026-11-21T02:00:00Z");
const layout = storeLayout("orders");
const attempt = layout.attempt(id, "a1");
const arn = (key: string) => `${BUCKET}/postgres/${key}`;

const DUMPS = [databaseObjectName("shop", true), databaseObjectName("a.json", false), "globals.sql.zst.age", "files.tar.zst"].map(
  (name) => `${attempt}${name}`,
);
const SIGNS = [`${attempt}begin.json`, `${attempt}alive-12.json`];
const RECORDS = {
  manifest: layout.manifest(id),
  drill: layout.drill(id, at, Verdict.Pass),
  suspicion: layout.suspicion(id),
  acceptance: layout.acceptance(id),
  pin: layout.pin(id, at, null),
  tombstone: layout.removalBegan(id, at),
  use: layout.inUseUntil(id, "abcdefgh", at),
  audit: layout.auditRecord(at, "backup", "done", "abcdefgh"),
  schedule: `${layout.schedule}backup/lock/1.json`,
  doctor: layout.doctor(id),
} as const;

/** As the agent writes: create-only, with the bucket's own encryption. */
const CREATE_ONLY = { "s3:if-none-match": "*", "s3:ObjectCreationOperation": "true" };
const PART = { "s3:ObjectCreationOperation": "false" };

function asks(principal: StorePrincipal, of: PolicedStore = store) {
  const policies = {
    identity: policyDocument(STORE_STATEMENTS[principal](of)),
    resource: policyDocument(bucketPolicyStatements(of)),
  };
  return (action: string, resource: string, context: PolicedRequest["context"] = {}) => isAllowed({ action, resource, context }, policies);
}

/** Those of the keys for which the action is allowed. */
async function allowedOf(keys: Readonly<Record<string, string>>, ask: (resource: string) => Promise<boolean>): Promise<string[]> {
  const answers = await Promise.all(Object.entries(keys).map(async ([name, key]) => ((await ask(arn(key))) ? [name] : [])));
  return answers.flat();
}

const keyed = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, key]));
const everything = { ...RECORDS, ...keyed(DUMPS), ...keyed(SIGNS) };

describe("the writer", () => {
  const ask = asks("writer");

  it("creates dumps in parts, signs of life, manifests and its own records, and none by which retention decides", async () => {
    expect(await allowedOf(keyed([...DUMPS, ...SIGNS]), (resource) => ask("s3:PutObject", resource, CREATE_ONLY))).toEqual([
      ...DUMPS,
      ...SIGNS,
    ]);
    expect(await allowedOf(keyed(DUMPS), (resource) => ask("s3:PutObject", resource, PART))).toEqual(DUMPS);
    expect(await allowedOf(RECORDS, (resource) => ask("s3:PutObject", resource, CREATE_ONLY))).toEqual([
      "manifest",
      "suspicion",
      "pin",
      "audit",
      "schedule",
      "doctor",
    ]);
    expect(await ask("s3:AbortMultipartUpload", arn(DUMPS[0] ?? ""))).toBe(true);
  });

  it("reads documents, and no dump, whatever the database is called", async () => {
    expect(await allowedOf(everything, (resource) => ask("s3:GetObject", resource))).toEqual([...Object.keys(RECORDS), ...SIGNS]);
  });

  it.each(["s3:DeleteObject", "s3:DeleteObjectVersion"])("cannot remove anything: %s", async (action) => {
    expect(await allowedOf(everything, (resource) => ask(action, resource))).toEqual([]);
  });

  it.each([
    "s3:PutObjectRetention",
    "s3:PutObjectLegalHold",
    "s3:BypassGovernanceRetention",
    "s3:PutObjectTagging",
    "s3:DeleteObjectTagging",
    "s3:RestoreObject",
    "s3:PutObjectAcl",
  ])("cannot shorten or go around retention: %s", async (action) => {
    expect(await allowedOf(everything, (resource) => ask(action, resource))).toEqual([]);
  });

  it.each([
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:DeleteBucket",
  ])("cannot change the bucket: %s", async (action) => expect(await ask(action, BUCKET)).toBe(false));

  it("cannot overwrite, though nothing else forbids it: the bucket refuses what is not create-only", async () => {
    const [dump = ""] = DUMPS;
    expect(await ask("s3:PutObject", arn(dump), { "s3:ObjectCreationOperation": "true" })).toBe(false);
    expect(await ask("s3:PutObject", arn(dump), { "s3:ObjectCreationOperation": "true", "s3:if-match": "etag" })).toBe(false);
    expect(await ask("s3:PutObject", arn(RECORDS.manifest), { "s3:ObjectCreationOperation": "true" })).toBe(false);
  });

  it("is answered 404 for what is not there, which takes the right to list without a prefix, and cannot list elsewhere", async () => {
    expect(await ask("s3:ListBucket", BUCKET)).toBe(true);
    expect(await ask("s3:ListBucket", BUCKET, { "s3:prefix": `postgres/${layout.manifests}` })).toBe(true);
    expect(await ask("s3:ListBucket", BUCKET, { "s3:prefix": "payroll/" })).toBe(false);
    expect(await ask("s3:ListBucketVersions", BUCKET, { "s3:prefix": `postgres/${layout.manifests}` })).toBe(false);
  });

  it("has nothing of another cluster or prefix", async () => {
    for (const key of ["postgres/billing/points/a/b/c.dump.zst", "postgres/orders-2/points/a/b/c", "orders/points/a/b/c"]) {
      expect(await ask("s3:PutObject", `${BUCKET}/${key}`, CREATE_ONLY), key).toBe(false);
      expect(await ask("s3:GetObject", `${BUCKET}/${key}`), key).toBe(false);
    }
  });
});

describe("the writer where S3 enforces retention", () => {
  const ask = asks("writer", bySS3);
  const tags = (value: string, part = "data") => ({ "s3:RequestObjectTag/pgkeep-class": value, "s3:RequestObjectTag/pgkeep-part": part });
  const [dump = ""] = DUMPS;

  it.each(["daily", "weekly", "monthly", "yearly"])("writes the class %s onto what it writes", async (value) => {
    expect(await ask("s3:PutObjectTagging", arn(dump), tags(value))).toBe(true);
    expect(await ask("s3:PutObjectTagging", arn(RECORDS.manifest), tags(value, "manifest"))).toBe(true);
  });

  it("and no other, and onto no record", async () => {
    expect(await ask("s3:PutObjectTagging", arn(dump), tags("forever"))).toBe(false);
    expect(await ask("s3:PutObjectTagging", arn(dump), {})).toBe(false);
    expect(await ask("s3:PutObjectTagging", arn(RECORDS.audit), tags("daily"))).toBe(false);
  });

  it.each(["s3:PutObjectTagging", "s3:DeleteObjectTagging", "s3:PutObjectVersionTagging", "s3:DeleteObjectVersionTagging"])(
    "cannot give what is there another end: %s",
    async (action) => {
      const there = { "s3:ExistingObjectTag/pgkeep-class": "yearly" };
      expect(await ask(action, arn(dump), { ...there, ...(action.includes("Put") ? tags("daily") : {}) })).toBe(false);
    },
  );

  it("may see the rules that it writes for", async () => expect(await ask("s3:GetLifecycleConfiguration", BUCKET)).toBe(true));
});

describe("the reader", () => {
  const ask = asks("reader");

  it("reads everything of the store and sees what is hidden", async () => {
    expect(await allowedOf(everything, (resource) => ask("s3:GetObject", resource))).toEqual(Object.keys(everything));
    expect(await ask("s3:ListBucketVersions", BUCKET, { "s3:prefix": `postgres/${layout.points}` })).toBe(true);
  });

  it.each(["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload"])(
    "writes nothing: %s",
    async (action) => {
      const context = action === "s3:PutObject" ? CREATE_ONLY : {};
      expect(await allowedOf(everything, (resource) => ask(action, resource, context))).toEqual([]);
    },
  );
});

describe("a drill", () => {
  const ask = asks("drill");

  it("reads all, and writes what it proved, marks of use and the trail, nothing else", async () => {
    expect(await allowedOf(everything, (resource) => ask("s3:GetObject", resource))).toEqual(Object.keys(everything));
    expect(await allowedOf(everything, (resource) => ask("s3:PutObject", resource, CREATE_ONLY))).toEqual(["drill", "use", "audit"]);
    expect(await allowedOf(everything, (resource) => ask("s3:DeleteObjectVersion", resource))).toEqual([]);
  });
});

describe("the pruner", () => {
  const ask = asks("pruner");

  it("reads manifests, records, drill results and signs of life, and no dump", async () => {
    expect(await allowedOf(everything, (resource) => ask("s3:GetObject", resource))).toEqual([...Object.keys(RECORDS), ...SIGNS]);
    expect(await allowedOf(keyed(DUMPS), (resource) => ask("s3:GetObjectVersion", resource))).toEqual([]);
  });

  it("writes tombstones, the trail and the lock of its schedule", async () => {
    expect(await allowedOf(everything, (resource) => ask("s3:PutObject", resource, CREATE_ONLY))).toEqual([
      "tombstone",
      "audit",
      "schedule",
    ]);
  });

  it("removes versions of recovery points and their records; evidence stays, and nothing is merely hidden", async () => {
    const kept = ["drill", "audit", "schedule", "doctor"];
    expect(await allowedOf(everything, (resource) => ask("s3:DeleteObjectVersion", resource))).toEqual(
      Object.keys(everything).filter((name) => !kept.includes(name)),
    );
    expect(await allowedOf(everything, (resource) => ask("s3:DeleteObject", resource))).toEqual([]);
  });

  it("sees until when something is locked, and cannot go around it", async () => {
    expect(await ask("s3:GetObjectRetention", arn(DUMPS[0] ?? ""))).toBe(true);
    expect(await ask("s3:GetBucketObjectLockConfiguration", BUCKET)).toBe(true);
    for (const action of ["s3:BypassGovernanceRetention", "s3:PutObjectRetention"]) {
      expect(await allowedOf(everything, (resource) => ask(action, resource))).toEqual([]);
    }
  });

  it("finds and aborts what unfinished uploads left", async () => {
    expect(await ask("s3:ListBucketMultipartUploads", BUCKET)).toBe(true);
    expect(await ask("s3:AbortMultipartUpload", arn(DUMPS[0] ?? ""))).toBe(true);
    expect(await ask("s3:AbortMultipartUpload", `${BUCKET}/payroll/x`)).toBe(false);
  });
});

describe("the bucket, whoever asks", () => {
  const all = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] });
  let policies: { identity: string; resource: string };
  const ask = (action: string, resource: string, context: PolicedRequest["context"] = {}) =>
    isAllowed({ action, resource, context }, policies);
  const [dump = ""] = DUMPS;

  beforeAll(() => {
    policies = { identity: all, resource: policyDocument(bucketPolicyStatements(store)) };
  });

  it("takes what is written as the agent writes it", async () => expect(await ask("s3:PutObject", arn(dump), CREATE_ONLY)).toBe(true));

  it.each([
    ["s3:GetObject", arn(DUMPS[0] ?? "")],
    ["s3:PutObject", arn(DUMPS[0] ?? "")],
    ["s3:ListBucket", BUCKET],
    ["s3:DeleteObjectVersion", `${BUCKET}/elsewhere`],
  ])("refuses plain HTTP: %s", async (action, resource) => {
    const context = action === "s3:PutObject" ? CREATE_ONLY : {};
    expect(await ask(action, resource, context)).toBe(true);
    expect(await ask(action, resource, { ...context, "aws:SecureTransport": "false" })).toBe(false);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ["none named, so the bucket's own", {}, true],
    ["KMS", { "s3:x-amz-server-side-encryption": "aws:kms" }, true],
    [
      "KMS by the bucket's key",
      { "s3:x-amz-server-side-encryption": "aws:kms", "s3:x-amz-server-side-encryption-aws-kms-key-id": KEY_ARN },
      true,
    ],
    [
      "KMS by another key",
      { "s3:x-amz-server-side-encryption": "aws:kms", "s3:x-amz-server-side-encryption-aws-kms-key-id": OTHER_KEY },
      false,
    ],
    ["S3's own keys", { "s3:x-amz-server-side-encryption": "AES256" }, false],
    ["a key of the caller", { "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" }, false],
  ])("encryption: %s", async (_, encryption, allowed) => {
    expect(await ask("s3:PutObject", arn(dump), { ...CREATE_ONLY, ...encryption })).toBe(allowed);
  });

  it("refuses to overwrite, also to its owner", async () => {
    expect(await ask("s3:PutObject", arn(dump), { "s3:ObjectCreationOperation": "true" })).toBe(false);
    // A part makes no object appear.
    expect(await ask("s3:PutObject", arn(dump), PART)).toBe(true);
  });
});

describe("the key", () => {
  // The evaluator (0.1.173) knows no encryption context whose name has a colon: it is asked under another key, which is compared in the same way.
  const CONTEXT = "kms:EncryptionContext:aws:s3:arn";
  const STANDS_FOR_CONTEXT = "aws:PrincipalTag/encryption-context";
  const through = (service: string, bucket: string) => ({ "kms:ViaService": service, [STANDS_FOR_CONTEXT]: bucket });
  const s3 = "s3.eu-central-1.amazonaws.com";

  it.each<[StorePrincipal, string[]]>([
    ["writer", ["kms:GenerateDataKey", "kms:Decrypt"]],
    ["reader", ["kms:Decrypt"]],
    ["drill", ["kms:GenerateDataKey", "kms:Decrypt"]],
    ["pruner", ["kms:GenerateDataKey", "kms:Decrypt"]],
  ])("serves the %s through S3, for this bucket, and for nothing else", async (principal, actions) => {
    const written = policyDocument(STORE_STATEMENTS[principal](store));
    expect(written).toContain(CONTEXT);
    const identity = written.replaceAll(CONTEXT, STANDS_FOR_CONTEXT);
    const ask = async (action: string, context: Record<string, string>) => {
      const allow = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" };
      const resource = JSON.stringify({ Version: "2012-10-17", Statement: [allow] });
      return await isAllowed({ action, resource: KEY_ARN, context }, { identity, resource });
    };
    for (const action of ["kms:GenerateDataKey", "kms:Decrypt"]) {
      expect(await ask(action, through(s3, BUCKET)), action).toBe(actions.includes(action));
      expect(await ask(action, through(s3, `${BUCKET}-2`)), action).toBe(false);
      expect(await ask(action, through("rds.eu-central-1.amazonaws.com", BUCKET)), action).toBe(false);
    }
    expect(await ask("kms:ScheduleKeyDeletion", {})).toBe(false);
  });
});
