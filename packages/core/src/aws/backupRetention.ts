import type { Problem } from "../problem.js";

/** The longest that AWS Backup keeps anything, 100 years. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
export const LONGEST_BACKUP_RETENTION_DAYS = 36_500;
/** Of a continuous backup. https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-retention-period.html */
export const LONGEST_CONTINUOUS_RETENTION_DAYS = 35;
/** What goes to cold storage is billed for this long. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
export const SHORTEST_COLD_STORAGE_DAYS = 90;

/** How long a recovery point is kept, and where. Undefined where it is not known yet. */
export interface BackupRetention {
  retentionDays?: number | undefined;
  coldStorageAfterDays?: number | undefined;
  continuous?: boolean | undefined;
  /** Whether an RDS instance may be among what is backed up. */
  rds?: boolean | undefined;
}

/** What AWS Backup would refuse, or take and ignore, of a retention. */
export function backupRetentionProblems(where: string, retention: BackupRetention): Problem[] {
  return [...rangeProblems(where, retention), ...coldProblems(where, retention)];
}

function rangeProblems(where: string, { retentionDays, continuous }: BackupRetention): Problem[] {
  if (retentionDays === undefined) return [];
  const most = continuous ? LONGEST_CONTINUOUS_RETENTION_DAYS : LONGEST_BACKUP_RETENTION_DAYS;
  if (Number.isInteger(retentionDays) && retentionDays >= 1 && retentionDays <= most) return [];
  return [
    {
      where: `${where}.retentionDays`,
      received: String(retentionDays),
      allowed: `a whole number of days from 1 to ${most}`,
      reason: continuous
        ? "a continuous backup is kept for 1 to 35 days, beyond which RDS has no point-in-time recovery"
        : "AWS Backup keeps a recovery point for 1 to 36500 days",
      ...(continuous && retentionDays > most ? { next: "add a second rule without continuous that keeps snapshots for longer" } : {}),
    },
  ];
}

function coldProblems(where: string, { retentionDays, coldStorageAfterDays, continuous, rds }: BackupRetention): Problem[] {
  if (coldStorageAfterDays === undefined) return [];
  const problem = { where: `${where}.coldStorageAfterDays`, received: String(coldStorageAfterDays) };
  if (continuous) {
    return [
      {
        ...problem,
        reason: "AWS Backup refuses a continuous backup that goes to cold storage",
        next: "remove this, or make it a rule of snapshots",
      },
    ];
  }
  if (rds) {
    return [
      {
        ...problem,
        reason: "RDS snapshots have no cold storage: AWS Backup takes this, ignores it, and bills warm storage to the end",
        next: "remove this; for cheap long retention keep dumps in a BackupBucket with tiers",
      },
    ];
  }
  if (!Number.isInteger(coldStorageAfterDays) || coldStorageAfterDays < 1) {
    return [
      {
        ...problem,
        allowed: "a whole number of days, 1 or more",
        reason: "a recovery point goes to cold storage after a day at the earliest",
      },
    ];
  }
  if (retentionDays === undefined || retentionDays >= coldStorageAfterDays + SHORTEST_COLD_STORAGE_DAYS) return [];
  const latest = retentionDays - SHORTEST_COLD_STORAGE_DAYS;
  return [
    {
      ...problem,
      allowed: latest < 1 ? `nothing while retentionDays is ${retentionDays}` : `at most ${latest}`,
      reason: `what goes to cold storage stays there for at least 90 days, so retentionDays must be at least ${coldStorageAfterDays + SHORTEST_COLD_STORAGE_DAYS} and is ${retentionDays}`,
    },
  ];
}
