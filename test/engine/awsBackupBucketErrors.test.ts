import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { bucketProblems } from "../../packages/aws/src/bucket/bucketProblems.js";
import {
  BackupBucket,
  type BackupBucketArgs,
  BackupStorageClass,
  BucketSetting,
  ObjectLockMode,
  RetentionEnforcer,
  RetentionPreset,
} from "../../packages/aws/src/index.js";
import { describeProblem } from "../../packages/core/src/index.js";
import { BUCKET, COPIES_KEY_ARN, COPIES_REGION, KEY_ARN, REGION, TOPIC_ARN } from "../support/bucketArguments.js";
import { missingEngine, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";

const byS3 = RetentionEnforcer.Lifecycle;
const existing = { arn: "arn:aws:s3:::acme-shared", region: REGION };

/** Each by itself first, then together: the two are told at different times. */
const WRONG: Record<string, BackupBucketArgs> = {
  "each argument by itself": {
    clusters: ["Orders", "billing"],
    bucketName: "Acme.Backups",
    prefix: "/postgres/",
    kmsKeyArn: "alias/backups",
    objectLock: { days: 0 },
    retention: { enforcedBy: byS3, keepDaily: 0 },
    replication: { region: COPIES_REGION, destinationArn: "acme-copies" },
    freshness: { topicArns: [], objectiveHours: 169 },
    writerTrust: "ecs-tasks.amazonaws.com",
    longestRunHours: 0,
  },
  "what S3 would refuse": {
    ...BUCKET,
    clusters: ["orders", "orders"],
    tiers: [
      { storageClass: BackupStorageClass.GlacierFlexibleRetrieval, afterDays: 0 },
      { storageClass: BackupStorageClass.InfrequentAccess, afterDays: 29 },
      { storageClass: BackupStorageClass.DeepArchive, afterDays: 400 },
    ],
    retention: { enforcedBy: byS3, preset: RetentionPreset.Production },
    noncurrentDays: 7,
    abortUploadsAfterDays: 1,
    objectLock: { mode: ObjectLockMode.Compliance, days: 31 },
    replication: { region: REGION, kmsKeyArn: COPIES_KEY_ARN, keepDays: 10 },
    accessLogs: { targetBucket: "acme-backups" },
  },
  "what would mean nothing": {
    ...BUCKET,
    retention: { keepDaily: 30 },
    existing,
    tiers: [{ storageClass: BackupStorageClass.DeepArchive, afterDays: 1 }],
    noncurrentDays: 1,
    objectLock: { days: 1 },
    replication: { region: COPIES_REGION, destinationArn: "arn:aws:s3:::acme-copies", keepDays: 3 },
  },
  "retention by S3 without a policy": { ...BUCKET, retention: { enforcedBy: byS3 } },
  "retention by S3 of what it cannot count": {
    ...BUCKET,
    retention: { enforcedBy: byS3, preset: RetentionPreset.Development },
    freshness: { topicArns: [TOPIC_ARN] },
  },
};

describe("BackupBucket tells what is wrong, all at once, with where, what was received, what is allowed, and why", () => {
  it("before anything is deployed", async () => {
    const told = Object.entries(WRONG).map(([title, args]) => `# ${title}\n${bucketProblems(args).map(describeProblem).join("\n")}\n`);
    await expect(told.join("\n")).toMatchFileSnapshot("golden/aws-backup-bucket-errors.txt");
  });

  it.skipIf(missingEngine() !== undefined)("and the engine shows it, neither a stack nor an object", async () => {
    const stack = await startStack({
      program: () => Promise.resolve(void new BackupBucket("backups", WRONG["what S3 would refuse"] ?? BUCKET)),
      providers: [awsProvider()],
    });
    try {
      const failure: Error = await stack.preview().then(
        () => new Error("nothing was refused"),
        (error: Error) => error,
      );
      expect(failure.message).toMatch(/BackupBucket "backups": \d+ arguments are wrong, and nothing was deployed/);
      expect(failure.message).toContain("tiers[1].storageClass: lifecycle transitions flow one way");
      expect(failure.message).not.toMatch(/^\s+at |__pulumi|\[Object/m);
    } finally {
      await stack.dispose();
    }
  });
});

describe("limits, at and beyond", () => {
  const wrongs = (args: Partial<BackupBucketArgs>) => bucketProblems({ ...BUCKET, ...args }).map(({ where }) => where);

  it.each<[string, string, (value: number) => Partial<BackupBucketArgs>, number, number]>([
    ["days of Object Lock", "objectLock.days", (days) => ({ objectLock: { days }, noncurrentDays: 40_000 }), 1, 36_500],
    ["hours of the longest run", "longestRunHours", (longestRunHours) => ({ longestRunHours }), 1, 2400],
    [
      "hours of the alarm",
      "freshness.objectiveHours",
      (objectiveHours) => ({ freshness: { topicArns: [TOPIC_ARN], objectiveHours } }),
      1,
      168,
    ],
    [
      "days that are kept",
      "retention.keepDaily",
      (keepDaily) => ({ retention: { enforcedBy: byS3, keepDaily }, freshness: { topicArns: [TOPIC_ARN] } }),
      1,
      10_000,
    ],
  ])("%s", (_, where, argsOf, least, most) => {
    for (const value of [least, least + 1, most - 1, most]) expect(wrongs(argsOf(value))).toEqual([]);
    for (const value of [least - 1, most + 1, least + 0.5]) expect(wrongs(argsOf(value))).toEqual([where]);
  });

  it("a bucket with Object Lock keeps what is hidden for as long as it is locked, unless it is told to be shorter", () => {
    expect(wrongs({ objectLock: { days: 90 } })).toEqual([]);
    expect(wrongs({ objectLock: { days: 90 }, noncurrentDays: 90 })).toEqual([]);
    expect(wrongs({ objectLock: { days: 90 }, noncurrentDays: 89 })).toEqual(["noncurrentDays"]);
  });

  it("uploads are aborted later than the longest run, also where nothing is said", () => {
    expect(wrongs({ longestRunHours: 240 })).toEqual([]);
    expect(wrongs({ longestRunHours: 240, abortUploadsAfterDays: 11 })).toEqual([]);
    expect(wrongs({ longestRunHours: 240, abortUploadsAfterDays: 10 })).toEqual(["abortUploadsAfterDays"]);
  });

  it("logs go neither to the bucket itself nor, as S3 has it, to one with Object Lock", () => {
    expect(wrongs({ accessLogs: { targetBucket: "acme-logs" }, objectLock: { days: 1 } })).toEqual([]);
    expect(wrongs({ accessLogs: { targetBucket: "acme-backups" } })).toEqual(["accessLogs.targetBucket"]);
    const [problem] = bucketProblems({ ...BUCKET, accessLogs: { targetBucket: "acme-backups" }, objectLock: { days: 1 } });
    expect(problem?.reason).toContain("S3 writes no logs to a bucket with Object Lock");
  });
});

describe("what an existing bucket's owner keeps to himself", () => {
  const wrongs = (declare: BucketSetting[], args: Partial<BackupBucketArgs>) =>
    bucketProblems({ clusters: ["orders"], existing: { ...existing, declare }, kmsKeyArn: KEY_ARN, ...args }).map(({ where }) => where);
  const retention = { retention: { enforcedBy: byS3, keepDaily: 7 }, freshness: { topicArns: [TOPIC_ARN] } };

  it.each<[string, Partial<BackupBucketArgs>, BucketSetting[]]>([
    ["tiers", { tiers: [{ storageClass: BackupStorageClass.DeepArchive, afterDays: 1 }] }, [BucketSetting.Lifecycle]],
    ["noncurrentDays", { noncurrentDays: 3 }, [BucketSetting.Lifecycle]],
    ["objectLock", { objectLock: { days: 3 } }, [BucketSetting.Versioning]],
    ["replication", { replication: { region: COPIES_REGION } }, [BucketSetting.Versioning]],
  ])("%s", (where, args, needed) => {
    expect(wrongs([], args)).toEqual([where]);
    expect(wrongs(needed, args)).toEqual([]);
  });

  it("retention by S3 needs the lifecycle, and a policy that keeps classes where they are", () => {
    expect(wrongs([], retention)).toEqual(["retention.enforcedBy", "retention.enforcedBy"]);
    expect(wrongs([BucketSetting.Lifecycle, BucketSetting.Policy], retention)).toEqual([]);
  });
});

it.skipIf(missingEngine() !== undefined)("an ARN that is known only at the deployment is judged then", async () => {
  const stack = await startStack({
    program: () =>
      Promise.resolve(
        void new BackupBucket("backups", { clusters: ["orders"], existing: { arn: pulumi.output("acme-shared"), region: REGION } }),
      ),
    providers: [awsProvider()],
  });
  try {
    await expect(stack.preview()).rejects.toThrow(/existing\.arn: this is not the ARN of a bucket/);
  } finally {
    await stack.dispose();
  }
});
