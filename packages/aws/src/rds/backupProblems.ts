import {
  DEFAULT_RDS_RETENTION,
  dailyWindowProblem,
  isDeferred,
  type Problem,
  parseDailyWindow,
  parseWeeklyWindow,
  rdsRetentionProblem,
  settleRdsWindows,
  weeklyWindowProblem,
  windowsOverlap,
} from "@pgkeep/core";
import { RdsBackupOwner, type RdsBackupsArgs, type RdsPostgresArgs } from "./RdsPostgresArgs.js";

/** What is wrong with how long backups are kept, and with who says so. */
export function backupProblems(backups: RdsBackupsArgs | undefined): Problem[] {
  if (backups === undefined) return [];
  const { retentionDays = DEFAULT_RDS_RETENTION, unprotected = false, owner = RdsBackupOwner.Rds } = backups;
  if (owner === RdsBackupOwner.AwsBackup) return twoOwners(backups);
  if (isDeferred(retentionDays)) return [];
  const reason = rdsRetentionProblem(retentionDays as number, unprotected);
  if (reason === undefined) return [];
  const nothing = retentionDays === 0;
  return [
    {
      where: "backups.retentionDays",
      received: `${retentionDays}${backups.retentionDays === undefined ? " (unless said)" : ""}`,
      reason,
      allowed: unprotected ? "0, as unprotected says" : "1 to 35 days",
      ...(nothing && !unprotected ? { next: "keep a day at least, or spell out unprotected: true" } : {}),
      ...(!nothing && unprotected ? { next: "remove unprotected, or set retentionDays to 0" } : {}),
    },
  ];
}

function twoOwners(backups: RdsBackupsArgs): Problem[] {
  return (["retentionDays", "window", "unprotected"] as const).flatMap((name): Problem[] =>
    backups[name] === undefined || backups[name] === false
      ? []
      : [
          {
            where: `backups.${name}`,
            reason: "AWS Backup owns retention and window of this instance (backups.owner), and a second owner would undo its changes",
            next: "remove this and say it in the rule of AWS Backup, or remove backups.owner",
          },
        ],
  );
}

/** What is wrong between backup and maintenance window. */
export function windowProblems({ backups, maintenanceWindow }: RdsPostgresArgs): Problem[] {
  const backup = backups?.window;
  if (isDeferred(backup) || isDeferred(maintenanceWindow)) return [];
  const [daily, weekly] = [backup as string | undefined, maintenanceWindow as string | undefined];
  // What is no window was told already.
  if (daily !== undefined && dailyWindowProblem(daily) !== undefined) return [];
  if (weekly !== undefined && weeklyWindowProblem(weekly) !== undefined) return [];
  if (settleRdsWindows(daily, weekly) === undefined) return [noRoom(daily, weekly)];
  if (daily === undefined || weekly === undefined) return [];
  if (!windowsOverlap(parseDailyWindow(daily), parseWeeklyWindow(weekly))) return [];
  return [
    {
      where: "backups.window",
      received: `${daily} beside maintenanceWindow ${weekly}`,
      reason: "the two windows share minutes of the week, which RDS refuses",
      allowed: "windows that touch at most",
      next: "move the one or the other, or leave one out: it is then put beside the other",
    },
  ];
}

function noRoom(daily: string | undefined, weekly: string | undefined): Problem {
  return daily === undefined
    ? {
        where: "maintenanceWindow",
        received: String(weekly),
        reason: "this leaves no half hour of a day for a backup window that is clear of it every day",
        allowed: "at most 23 hours and 30 minutes",
      }
    : {
        where: "backups.window",
        received: daily,
        reason: "this leaves no half hour of a day for maintenance",
        allowed: "at most 23 hours and 30 minutes",
      };
}
