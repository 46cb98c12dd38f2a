import type { Problem } from "../problem.js";

/** How firmly S3 Object Lock holds on to what is written. */
export enum ObjectLockMode {
  /** Nobody removes a locked version, but for those who are given `s3:BypassGovernanceRetention`. */
  Governance = "GOVERNANCE",
  /** Nobody at all removes a locked version before its time, not the account's root user, not AWS. It cannot be undone: a misprint is paid for. */
  Compliance = "COMPLIANCE",
}

/** 100 years: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export const MOST_OBJECT_LOCK_DAYS = 36_500;

/**
 * Something that S3 removes sooner than a lock lets go. S3 would place its delete marker and keep the bytes: storage that silently outlives the policy.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-lifecycle
 */
export function lockedLongerProblems(lockDays: number, removals: readonly { where: string; days: number; what: string }[]): Problem[] {
  return removals.flatMap(({ where, days, what }): Problem[] =>
    days >= lockDays
      ? []
      : [
          {
            where,
            received: String(days),
            reason: `Object Lock holds every version for ${lockDays} days, and ${what} after ${days}: S3 could not, and bytes would outlive the policy in silence`,
            allowed: `${lockDays} or more`,
            next: "keep it longer, or lock for fewer days",
          },
        ],
  );
}
