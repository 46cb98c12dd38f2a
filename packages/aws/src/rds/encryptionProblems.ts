import { isDeferred, type Problem, parseArn } from "@pgkeep/core";
import type { RdsPostgresArgs } from "./RdsPostgresArgs.js";

const OWN = ["rotationDays", "deletionWindowDays", "deleteKeyOnDestroy"] as const;

/** What is wrong with the key. */
export function encryptionProblems({ encryption, restore, region }: RdsPostgresArgs): Problem[] {
  const key = encryption?.kmsKeyArn;
  if (key === undefined) {
    if (restore === undefined) return [];
    return [
      {
        where: "encryption.kmsKeyArn",
        reason: "a restored instance keeps its source's key, and a new one would protect nothing of it",
        allowed: "the ARN of the key that the source, the snapshot or the replicated backups are encrypted with",
        next: "read it with `aws rds describe-db-instances` or `describe-db-snapshots`; copy a snapshot that is not encrypted with a key first",
      },
    ];
  }
  return [
    ...OWN.filter((name) => encryption?.[name] !== undefined).map((name) => ({
      where: `encryption.${name}`,
      reason: "this is about a key of its own, and a key that exists is given",
      next: "remove it, or remove kmsKeyArn",
    })),
    ...regionProblems(key, region),
  ];
}

function regionProblems(key: unknown, region: string | undefined): Problem[] {
  const arn = isDeferred(key) ? undefined : parseArn(String(key));
  if (region === undefined || arn === undefined || arn.region === region) return [];
  return [
    {
      where: "encryption.kmsKeyArn",
      received: String(key),
      reason: `the key is in ${arn.region} and the instance in ${region}, where it cannot be used`,
      allowed: `a key in ${region}`,
    },
  ];
}
