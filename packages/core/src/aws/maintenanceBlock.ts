import type { Problem } from "../problem.js";
import { runIntervals, runsOfYears } from "../schedule/runIntervals.js";
import type { Schedule } from "../schedule/runs.js";
import { awsBackupPause, parseWeeklyWindow, type WeeklySpan, weeklyWindowProblem } from "./rdsWindows.js";

const MINUTE = 60_000;
const DAY = 24 * 60;
const WEEK = 7 * DAY;
/** 1 January 1970 was a Thursday. */
const EPOCH_MINUTE = 4 * DAY;

/** The time of the week in which AWS Backup begins no backup: a maintenance window of RDS, for example `sun:04:00-sun:04:30` (UTC), and the hour before. Nothing for what is none. */
export function maintenanceBlock(window: string): WeeklySpan | undefined {
  return weeklyWindowProblem(window) === undefined ? awsBackupPause(parseWeeklyWindow(window)) : undefined;
}

/** How a rule's times lie to the time in which no backup can begin. */
export enum MaintenanceMeeting {
  Never = "never",
  /** Only a backup that begins late within its start window meets it. */
  WithinStartWindow = "within-start-window",
  /** A scheduled time lies in it, and needs not to. */
  Scheduled = "scheduled",
  /** The rule runs so often that one of its times always lies in it. */
  Unavoidable = "unavoidable",
}

export function meetsMaintenance(schedule: Schedule, startWindowMinutes: number, block: WeeklySpan): MaintenanceMeeting {
  const minutes = runsOfYears(schedule).map((run) => (((run / MINUTE + EPOCH_MINUTE) % WEEK) + WEEK) % WEEK);
  if (minutes.some((minute) => (minute - block.start + WEEK) % WEEK < block.minutes)) {
    return runIntervals(schedule).shortest <= block.minutes ? MaintenanceMeeting.Unavoidable : MaintenanceMeeting.Scheduled;
  }
  const late = minutes.some((minute) => (block.start - minute + WEEK) % WEEK < startWindowMinutes);
  return late ? MaintenanceMeeting.WithinStartWindow : MaintenanceMeeting.Never;
}

/** A rule that is scheduled for when RDS lets nothing begin. */
export function maintenanceProblems(where: string, schedule: Schedule, window: string): Problem[] {
  const block = maintenanceBlock(window);
  if (block === undefined || meetsMaintenance(schedule, 0, block) !== MaintenanceMeeting.Scheduled) return [];
  return [
    {
      where,
      received: `${schedule.cron.text} (${schedule.timeZone})`,
      allowed: `times that are neither within the maintenance window ${window} (UTC) nor in the hour before it, in summer and in winter`,
      reason: "AWS Backup cannot begin a backup of an RDS instance then",
      next: "move the schedule, or the instance's maintenance window",
    },
  ];
}
