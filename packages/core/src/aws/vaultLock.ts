import type { Problem } from "../problem.js";
import { LONGEST_BACKUP_RETENTION_DAYS } from "./backupRetention.js";

/** The time to think that AWS Backup demands before a lock in compliance mode is for ever: 72 hours. https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html */
export const SHORTEST_GRACE_DAYS = 3;

/** A vault's lock. Undefined where it is not given, or not known yet. */
export interface VaultLock {
  compliance: boolean;
  changeableForDays?: number | undefined;
  minRetentionDays?: number | undefined;
  maxRetentionDays?: number | undefined;
}

/** What AWS Backup would refuse of a lock, and what would make one for ever without being said. */
export function vaultLockProblems(where: string, lock: VaultLock): Problem[] {
  return [...graceProblems(where, lock), ...limitProblems(where, lock)];
}

function graceProblems(where: string, { compliance, changeableForDays }: VaultLock): Problem[] {
  const problem = {
    where: `${where}.changeableForDays`,
    ...(changeableForDays === undefined ? {} : { received: String(changeableForDays) }),
  };
  const reason = "when these days are over nobody can ever change or remove the lock, neither the account's root user nor AWS";
  if (!compliance) {
    if (changeableForDays === undefined) return [];
    return [
      {
        ...problem,
        reason: `this makes a lock of compliance mode: ${reason}`,
        next: "remove it for governance mode, or spell out mode: compliance",
      },
    ];
  }
  if (changeableForDays !== undefined && Number.isInteger(changeableForDays) && changeableForDays >= SHORTEST_GRACE_DAYS) return [];
  if (changeableForDays === undefined) {
    return [{ ...problem, allowed: "a whole number of days, 3 or more", reason: `mode: compliance needs it spelled out, for ${reason}` }];
  }
  return [{ ...problem, allowed: "a whole number of days, 3 or more", reason: `AWS Backup demands 72 hours to think: ${reason}` }];
}

function limitProblems(where: string, { minRetentionDays: min, maxRetentionDays: max }: VaultLock): Problem[] {
  const notWhole = (value: number) => !Number.isInteger(value) || value < 1;
  return [
    ...(min !== undefined && (notWhole(min) || min > LONGEST_BACKUP_RETENTION_DAYS)
      ? [
          {
            where: `${where}.minRetentionDays`,
            received: String(min),
            allowed: "a whole number of days from 1 to 36500",
            reason: "a vault lock's shortest retention is at least one day",
          },
        ]
      : []),
    ...(max !== undefined && (notWhole(max) || max > LONGEST_BACKUP_RETENTION_DAYS)
      ? [
          {
            where: `${where}.maxRetentionDays`,
            received: String(max),
            allowed: "a whole number of days from 1 to 36500",
            reason: "a vault lock's longest retention is at most 36500 days",
          },
        ]
      : []),
    ...(min !== undefined && max !== undefined && max <= min
      ? [
          {
            where: `${where}.maxRetentionDays`,
            received: String(max),
            allowed: `more than minRetentionDays, which is ${min}`,
            reason: "no retention would fit between the two, so every backup would fail",
          },
        ]
      : []),
  ];
}

/** A retention that a vault's lock refuses: the job fails, and is seen to fail only when it runs. */
export function lockedRetentionProblems(
  where: string,
  { retentionDays, continuous }: { retentionDays?: number | undefined; continuous?: boolean | undefined },
  { vault, minRetentionDays: min, maxRetentionDays: max }: Pick<VaultLock, "minRetentionDays" | "maxRetentionDays"> & { vault: string },
): Problem[] {
  if (retentionDays === undefined) return [];
  const problem = { where, received: String(retentionDays) };
  const fails = "jobs with another retention fail";
  if (min !== undefined && retentionDays < min) {
    return [
      {
        ...problem,
        allowed: `at least ${min}`,
        reason: `the lock of the vault ${vault} demands at least ${min} days (minRetentionDays): ${fails}`,
        ...(continuous && min > 35
          ? { next: "a continuous backup keeps at most 35 days: lower minRetentionDays, or give it a vault of its own" }
          : {}),
      },
    ];
  }
  if (max !== undefined && retentionDays > max) {
    return [
      {
        ...problem,
        allowed: `at most ${max}`,
        reason: `the lock of the vault ${vault} allows at most ${max} days (maxRetentionDays): ${fails}`,
      },
    ];
  }
  return [];
}
