import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackupBucket, type BackupBucketArgs, BackupStorageClass, BucketSetting, RetentionEnforcer } from "../../packages/aws/src/index.js";
import { BUCKET, COPIES_KEY_ARN, COPIES_REGION, KEY_ARN, REGION, TOPIC_ARN, trustIn } from "../support/bucketArguments.js";
import { identitySnapshot } from "../support/engine/guards/identitySnapshot.js";
import { previewWithUnknowns } from "../support/engine/guards/previewWithUnknowns.js";
import { saveState, upgradeCheck } from "../support/engine/guards/upgradeCheck.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";

/** The state that the first version of the component left. Committed once. */
const landed = join(import.meta.dirname, "states", "aws-backup-bucket-1.json");

/** All that a bucket can be. */
const whole: BackupBucketArgs = {
  ...BUCKET,
  clusters: ["orders", "billing"],
  tiers: [{ storageClass: BackupStorageClass.GlacierInstantRetrieval, afterDays: 30 }],
  retention: { enforcedBy: RetentionEnforcer.Lifecycle, keepDaily: 30, keepWeekly: 52 },
  objectLock: { days: 7 },
  replication: { region: COPIES_REGION },
  accessLogs: { targetBucket: "acme-logs" },
  freshness: { topicArns: [TOPIC_ARN] },
  writerTrust: trustIn("ecs-tasks.amazonaws.com"),
  readerTrust: trustIn("ecs-tasks.amazonaws.com"),
  prunerTrust: trustIn("pods.eks.amazonaws.com"),
  drillTrust: trustIn("pods.eks.amazonaws.com"),
  tags: { team: "data" },
};

const declare = () => {
  const { storeUrl, copiesStoreUrl, writerRoleArn, effectivePolicy, kmsKeyArn, region } = new BackupBucket("backups", whole);
  return Promise.resolve({ storeUrl, copiesStoreUrl, writerRoleArn, effectivePolicy, kmsKeyArn, region });
};

describe.skipIf(missingEngine() !== undefined)("BackupBucket, deployed", () => {
  let stack: EngineStack;

  beforeAll(async () => {
    stack = await startStack({ program: declare, providers: [awsProvider()] });
    await stack.up();
  });
  afterAll(async () => await stack?.dispose());

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/aws-backup-bucket-identity.txt");
  });

  it("gives out where its stores are and who writes them", async () => {
    const outputs = await stack.outputs();
    const outputOf = (name: string) => outputs[name]?.value as string;
    expect(outputOf("storeUrl")).toBe("s3://acme-backups/postgres");
    expect(outputOf("copiesStoreUrl")).toMatch(/^s3:\/\/backups-copies-bucket-[0-9a-f]{7}\/postgres$/);
    expect(outputOf("writerRoleArn")).toMatch(/^arn:aws:iam::\d{12}:role\/backups-writer-role-/);
    expect(outputOf("kmsKeyArn")).toMatch(/^arn:aws:kms:eu-central-1:/);
    expect(outputOf("region")).toBe(REGION);
    await expect(`${outputOf("effectivePolicy")}\n`).toMatchFileSnapshot("golden/aws-backup-bucket-effective-policy.txt");
    // What is longer is cut by the engine.
    for (const line of outputOf("effectivePolicy").split("\n")) expect(line.length, line).toBeLessThanOrEqual(155);
  });

  it("tags everything that takes tags", async () => {
    const untagged = (await stack.resources()).filter(({ outputs }) => "tagsAll" in outputs && !("tags" in outputs));
    expect(untagged.map(({ name }) => name)).toEqual([]);
  });

  it("empties no bucket, whoever destroys it", async () => {
    const buckets = (await stack.resources()).filter(({ type }) => type === "aws:s3/bucket:Bucket");
    expect(buckets.map(({ inputs }) => inputs.forceDestroy)).toEqual([false, false]);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) await saveState(stack, landed);
    const steps = await upgradeCheck(landed, { program: declare, providers: [awsProvider()] });
    expect(steps.length).toBeGreaterThan(30);
  });
});

describe.skipIf(missingEngine() !== undefined)(
  "BackupBucket can be previewed while every leaf input is unknown, and deletes and replaces nothing then",
  () => {
    it("of its own", async () => {
      const { replaced } = await previewWithUnknowns(
        (leaf) =>
          new BackupBucket("backups", {
            ...whole,
            bucketName: "acme-backups",
            region: REGION,
            kmsKeyArn: leaf(KEY_ARN),
            accessLogs: { targetBucket: leaf("acme-logs"), targetPrefix: leaf("s3/") },
            freshness: { topicArns: [leaf(TOPIC_ARN)] },
            replication: { region: COPIES_REGION, destinationArn: leaf("arn:aws:s3:::acme-copies"), kmsKeyArn: leaf(COPIES_KEY_ARN) },
            writerTrust: leaf(trustIn("ecs-tasks.amazonaws.com")),
            tags: leaf({ team: "data" }),
          }),
        { providers: [awsProvider()] },
      );
      expect(replaced).toEqual([]);
    });

    it("that exists", async () => {
      await previewWithUnknowns(
        (leaf) =>
          new BackupBucket("backups", {
            clusters: ["orders"],
            existing: { arn: leaf("arn:aws:s3:::acme-shared"), region: leaf(REGION), declare: Object.values(BucketSetting) },
            kmsKeyArn: leaf(KEY_ARN),
            writerTrust: leaf(trustIn("ecs-tasks.amazonaws.com")),
            protect: false,
          }),
        { providers: [awsProvider()] },
      );
    });

    it("with a name that is unknown, which protection then takes for a rename", async () => {
      const unknown = (protect: boolean) =>
        previewWithUnknowns((leaf) => new BackupBucket("backups", { ...BUCKET, bucketName: leaf("acme-backups"), protect }), {
          providers: [awsProvider()],
        });
      await expect(unknown(true)).rejects.toThrow(/protect/);
      expect((await unknown(false)).replaced).toContain("backups-bucket");
    });
  },
);

it.skipIf(missingEngine() !== undefined)("a bucket and a key that exist are neither made nor deleted", async () => {
  const stack = await startStack({
    program: () => {
      const existing = { arn: pulumi.output("arn:aws-us-gov:s3:::acme-shared"), region: "us-gov-west-1" };
      const { bucketName, bucketArn, storeUrl, writerPolicy } = new BackupBucket("backups", {
        clusters: ["orders"],
        existing,
        kmsKeyArn: KEY_ARN,
      });
      return Promise.resolve({ bucketName, bucketArn, storeUrl, writerPolicy });
    },
    providers: [awsProvider()],
  });
  try {
    await stack.up();
    expect((await stack.resources()).map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack", "pgkeep:index:BackupBucket"]);
    const { bucketName, bucketArn, storeUrl, writerPolicy } = await stack.outputs();
    expect([bucketName?.value, bucketArn?.value, storeUrl?.value]).toEqual([
      "acme-shared",
      "arn:aws-us-gov:s3:::acme-shared",
      "s3://acme-shared",
    ]);
    expect(writerPolicy?.value).toContain('"arn:aws-us-gov:s3:::acme-shared/orders/points/*"');
    await stack.destroy();
  } finally {
    await stack.dispose();
  }
});
