import { type Problem, rdsRestoreTimeProblem } from "@pgkeep/core";
import type { RdsPostgresArgs, RdsRestoreArgs } from "./RdsPostgresArgs.js";

const SOURCES = ["sourceIdentifier", "sourceResourceId", "sourceAutomatedBackupsArn"] as const;

/** What is wrong with where the data is to come from. */
export function restoreProblems(identifier: string, { restore, storage }: RdsPostgresArgs, now: Date): Problem[] {
  if (restore === undefined) return [];
  return [...momentProblems(restore, now), ...sourceProblems(restore), ...selfProblems(identifier, restore), ...sizeProblems(storage)];
}

function sizeProblems(storage: RdsPostgresArgs["storage"]): Problem[] {
  if (storage?.allocatedGib !== undefined) return [];
  return [
    {
      where: "storage.allocatedGib",
      reason: "a restored instance needs at least its source's storage, and RDS refuses the smallest only after the restore",
      allowed: "what the source has allocated by now, in GiB, or more",
      next: "read AllocatedStorage with `aws rds describe-db-instances` or `describe-db-snapshots`",
    },
  ];
}

function momentProblems({ time, latest, snapshotIdentifier }: RdsRestoreArgs, now: Date): Problem[] {
  const given = Object.entries({ time, latest: latest || undefined, snapshotIdentifier }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  const reason = time === undefined ? undefined : rdsRestoreTimeProblem(time, now);
  return [
    ...(given.length === 1
      ? []
      : [
          {
            where: "restore",
            received: given.length === 0 ? "none of them" : given.join(", "),
            reason: "an instance is restored to exactly one moment",
            allowed: "time, latest or snapshotIdentifier",
          },
        ]),
    ...(reason === undefined
      ? []
      : [
          {
            where: "restore.time",
            received: JSON.stringify(time),
            reason,
            allowed: "for example 2026-11-30T03:00:00Z, not later than now",
          },
        ]),
  ];
}

function sourceProblems(restore: RdsRestoreArgs): Problem[] {
  const given = SOURCES.filter((name) => restore[name] !== undefined);
  if (restore.snapshotIdentifier !== undefined) {
    return given.map((name) => ({
      where: `restore.${name}`,
      reason: "a snapshot knows its source, and RDS takes no second one",
      next: "remove it, or remove snapshotIdentifier",
    }));
  }
  if (given.length === 1) return [];
  return [
    {
      where: "restore",
      received: given.length === 0 ? "no source" : given.join(", "),
      reason: "a point in time is one of exactly one source",
      allowed: SOURCES.join(", "),
    },
  ];
}

function selfProblems(identifier: string, { sourceIdentifier }: RdsRestoreArgs): Problem[] {
  if (sourceIdentifier !== identifier) return [];
  return [
    {
      where: "restore.sourceIdentifier",
      received: JSON.stringify(identifier),
      reason: "this is the instance itself, and RDS restores into a new instance beside its source",
      allowed: "another instance's identifier",
      next: "declare a new RdsPostgres with another identifier, look at what it holds, then let your applications use it",
    },
  ];
}
