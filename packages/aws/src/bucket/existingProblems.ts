import type { Problem } from "@pgkeep/core";
import { type BackupBucketArgs, BucketSetting } from "./BackupBucketArgs.js";
import type { BucketPlan } from "./bucketPlan.js";

/** What cannot be meant for a bucket that exists. */
export function existingProblems(args: BackupBucketArgs, { declares, retention }: BucketPlan): Problem[] {
  if (args.existing === undefined) return [];
  const needs = (setting: BucketSetting, reason: string, wanted: readonly (readonly [string, boolean])[]): Problem[] =>
    declares.has(setting)
      ? []
      : wanted.flatMap(([where, given]): Problem[] =>
          given ? [{ where, reason, next: `add ${setting} to existing.declare, or leave it out here` }] : [],
        );
  return [
    ...(["bucketName", "region"] as const).flatMap((where): Problem[] =>
      args[where] === undefined
        ? []
        : [{ where, reason: "the bucket exists, and its ARN and existing.region say this", next: "remove it" }],
    ),
    ...needs(BucketSetting.Lifecycle, "this is a matter of lifecycle rules, and those of the bucket stay as its owner left them", [
      ["tiers", (args.tiers ?? []).length > 0],
      ["retention.enforcedBy", retention !== undefined],
      ["noncurrentDays", args.noncurrentDays !== undefined],
      ["abortUploadsAfterDays", args.abortUploadsAfterDays !== undefined],
    ]),
    ...needs(BucketSetting.Versioning, "S3 wants versioning for this, and that of the bucket stays as its owner left it", [
      ["objectLock", args.objectLock !== undefined],
      ["replication", args.replication !== undefined],
    ]),
    // Without it whoever may write could give a recovery point another end.
    ...needs(
      BucketSetting.Policy,
      "only a bucket policy keeps the class on what was written, and that of the bucket stays as its owner left it",
      [["retention.enforcedBy", retention !== undefined]],
    ),
  ];
}
