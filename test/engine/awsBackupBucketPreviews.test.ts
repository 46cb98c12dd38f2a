import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BackupBucket,
  type BackupBucketArgs,
  BackupStorageClass,
  BucketSetting,
  ObjectLockMode,
  RetentionEnforcer,
  RetentionPreset,
} from "../../packages/aws/src/index.js";
import { BUCKET, COPIES_REGION, KEY_ARN, REGION, TOPIC_ARN, trustIn } from "../support/bucketArguments.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { sortedPreview } from "../support/sortedPreview.js";

const lifecycle: BackupBucketArgs = {
  ...BUCKET,
  retention: { enforcedBy: RetentionEnforcer.Lifecycle, keepDaily: 30 },
  freshness: { topicArns: [TOPIC_ARN] },
};

/** Names that the provider chooses end in chance, and what stays as it is and loses its lock is told in any order. */
function shown(text: string): string {
  const lines = sortedPreview(text)
    .replaceAll(/\b(backups(?:-[a-z]+)+)-[0-9a-f]{7}\b/g, "$1-…")
    .split("\n");
  const first = lines.findIndex((line) => line.includes("(same) 🔓"));
  const end = lines.findIndex((line) => line.startsWith("Resources:"));
  if (first < 0) return lines.join("\n");
  const unlocked = lines.slice(first, end).filter((line) => line.includes("🔓"));
  return [...lines.slice(0, first), ...unlocked.sort(), ...lines.slice(end)].join("\n");
}

const scenario = (name: string, first: BackupBucketArgs, changes: [string, BackupBucketArgs][]) =>
  describe.skipIf(missingEngine() !== undefined)(name, () => {
    let stack: EngineStack;
    let args = first;

    beforeAll(async () => {
      stack = await startStack({
        program: () => {
          const { bucketName, storeUrl, effectivePolicy } = new BackupBucket("backups", args);
          return Promise.resolve({ bucketName, storeUrl, effectivePolicy });
        },
        providers: [awsProvider()],
      });
    });
    afterAll(async () => await stack?.dispose());

    it.each(changes)("%s", async (title, changed) => {
      args = changed;
      const golden = `golden/aws-backup-bucket-${title.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}.txt`;
      await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden);
      await stack.up();
      const { steps } = await stack.preview();
      expect(steps.filter(({ op }) => op !== "same")).toEqual([]);
    });
  });

scenario("a bucket of which the agent prunes", BUCKET, [
  ["first deployment", BUCKET],
  ["Object Lock enabled", { ...BUCKET, objectLock: { days: 14 } }],
  [
    "tiers added",
    {
      ...BUCKET,
      objectLock: { days: 14 },
      tiers: [
        { storageClass: BackupStorageClass.InfrequentAccess, afterDays: 30 },
        { storageClass: BackupStorageClass.GlacierFlexibleRetrieval, afterDays: 90 },
      ],
    },
  ],
  [
    "tiers changed",
    { ...BUCKET, objectLock: { days: 14 }, tiers: [{ storageClass: BackupStorageClass.GlacierInstantRetrieval, afterDays: 30 }] },
  ],
  [
    "copies in another Region",
    {
      ...BUCKET,
      objectLock: { days: 14 },
      tiers: [{ storageClass: BackupStorageClass.GlacierInstantRetrieval, afterDays: 30 }],
      replication: { region: COPIES_REGION, keepDays: 60 },
    },
  ],
]);

scenario("a bucket where S3 alone enforces retention", lifecycle, [
  ["retention by S3", lifecycle],
  ["retention by S3, 30 to 7 days", { ...lifecycle, retention: { enforcedBy: RetentionEnforcer.Lifecycle, keepDaily: 7 } }],
  [
    "retention by S3, production with an archive",
    {
      ...lifecycle,
      retention: { enforcedBy: RetentionEnforcer.Lifecycle, preset: RetentionPreset.Production },
      tiers: [{ storageClass: BackupStorageClass.GlacierInstantRetrieval, afterDays: 30 }],
    },
  ],
]);

const existing = { arn: "arn:aws:s3:::acme-shared", region: REGION };
scenario("a bucket that exists", { clusters: ["orders"], existing }, [
  [
    "existing bucket, nothing declared on it",
    { clusters: ["orders"], existing, kmsKeyArn: KEY_ARN, writerTrust: trustIn("ecs-tasks.amazonaws.com") },
  ],
  [
    "existing bucket, policy and lifecycle declared",
    {
      clusters: ["orders"],
      prefix: "postgres",
      existing: { ...existing, declare: [BucketSetting.Policy, BucketSetting.Lifecycle, BucketSetting.Versioning] },
      kmsKeyArn: KEY_ARN,
      writerTrust: trustIn("ecs-tasks.amazonaws.com"),
      objectLock: { mode: ObjectLockMode.Compliance, days: 7 },
    },
  ],
]);

describe.skipIf(missingEngine() !== undefined)("a bucket that is protected", () => {
  let stack: EngineStack;
  let args: BackupBucketArgs = BUCKET;

  beforeAll(async () => {
    stack = await startStack({
      program: () => Promise.resolve(void new BackupBucket("backups", args)),
      providers: [awsProvider()],
    });
    await stack.up();
  });
  afterAll(async () => await stack?.dispose());

  it("is not replaced by a rename", async () => {
    args = { ...BUCKET, bucketName: "acme-backups-2" };
    const failure: Error = await stack.preview().then(
      () => new Error("nothing was refused"),
      (error: Error) => error,
    );
    // The engine tells them in any order.
    const refused = [...failure.message.matchAll(/unable to replace resource "(\S+)"/g)].map(([, urn]) => urn).sort();
    expect(failure.message).toContain("as it is currently marked for protection");
    await expect(`${refused.join("\n")}\n`).toMatchFileSnapshot("golden/aws-backup-bucket-rename.txt");
  });

  it("does not lose its Object Lock with the argument", async () => {
    args = { ...BUCKET, objectLock: { days: 14 } };
    await stack.up();
    args = BUCKET;
    await expect(stack.preview()).rejects.toThrow(/backups-object-lock.*\n?.*cannot be deleted|protect/);
    args = { ...BUCKET, objectLock: { days: 14 } };
  });

  it("is not destroyed, nor is anything taken from it, and once protection is lifted it goes", async () => {
    args = { ...BUCKET, objectLock: { days: 14 } };
    const before = (await stack.resources()).map(({ name }) => name);
    await expect(stack.destroy()).rejects.toThrow(/protect/);
    expect((await stack.resources()).map(({ name }) => name)).toEqual(before);
    args = { ...args, protect: false };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot("golden/aws-backup-bucket-protection-lifted.txt");
    await stack.up();
    await stack.destroy();
    expect(await stack.resources()).toEqual([]);
  });
});
