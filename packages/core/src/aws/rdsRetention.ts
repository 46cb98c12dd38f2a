/** The longest time that RDS keeps automated backups, in days. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html */
export const LONGEST_RDS_RETENTION = 35;

/** How long backups are kept where nothing is said. RDS's own API keeps them for one day, its Pulumi provider keeps none. */
export const DEFAULT_RDS_RETENTION = 14;

/** What is wrong with the days that RDS keeps automated backups. */
export function rdsRetentionProblem(days: number, unprotected: boolean): string | undefined {
  if (!Number.isInteger(days) || days < 0 || days > LONGEST_RDS_RETENTION) return "RDS keeps automated backups for whole days, 35 at most";
  if (days === 0 && !unprotected) return "with 0 there are no automated backups, and no way back to any point in time";
  return days > 0 && unprotected ? "backups are kept, yet unprotected says that none are wanted" : undefined;
}
