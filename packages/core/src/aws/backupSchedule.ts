import { ExitCode } from "../exitCode.js";
import { type Problem, ProblemError } from "../problem.js";
import type { Refusal } from "../refuse.js";
import { parseCron } from "../schedule/cron.js";
import { eventBridgeSchedule } from "../schedule/eventBridgeSchedule.js";
import { runsOfYears } from "../schedule/runIntervals.js";
import { nextRun, type Schedule } from "../schedule/runs.js";
import { timeZoneProblem } from "../schedule/timeZone.js";

const MINUTE = 60_000;

/** A schedule of AWS Backup, as its plans and restore testing plans take it. */
export interface BackupSchedule {
  schedule: Schedule;
  /** `cron(…)` of six fields, the last being the year. */
  scheduleExpression: string;
  scheduleExpressionTimezone: string;
}

/**
 * Reads five fields of cron and a time zone for AWS Backup, or throws a ProblemError that holds everything that is wrong. Its expressions are
 * EventBridge's ("at least an hour apart": https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html).
 */
export function parseBackupSchedule(where: string, text: string, timeZone: string): BackupSchedule {
  const zone = timeZoneProblem(timeZone);
  const problems: Problem[] = zone === undefined ? [] : [{ where: `${where}.timeZone`, received: timeZone, ...toldOf(zone) }];
  const path = `${where}.schedule`;
  try {
    const cron = parseCron(text, path);
    const schedule = { cron, timeZone };
    const { scheduleExpression, scheduleExpressionTimezone } = eventBridgeSchedule({
      cron,
      timeZone: zone === undefined ? timeZone : "UTC",
    });
    if (cron.minutes.length > 1) problems.push(tooOften(path, text));
    if (problems.length === 0) return { schedule, scheduleExpression, scheduleExpressionTimezone };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(...error.problems.map((problem) => ({ ...problem, where: path })));
  }
  throw new ProblemError(ExitCode.Configuration, problems);
}

function toldOf({ hidden: _, ...told }: Refusal): Omit<Problem, "where"> {
  return told;
}

function tooOften(where: string, received: string): Problem {
  return {
    where,
    received,
    allowed: "one minute of the hour, for example `0 */4 * * *`",
    reason: "AWS Backup runs a rule once an hour at most, and this names several minutes of an hour",
    next: "for less loss than an hour use a continuous rule, which restores to any second",
  };
}

/** A rule's schedule and the time that it has to begin in. */
export interface BackupStart {
  schedule: Schedule;
  startWindowMinutes: number;
}

/**
 * Whether there is a day on which the times to begin of two rules overlap. AWS Backup then takes one backup, "for the rule with the longer
 * retention time", and "takes into account the full start window".
 */
export function backupsOverlap(one: BackupStart, other: BackupStart): boolean {
  const [sparse, dense] = runsOfYears(one.schedule).length <= runsOfYears(other.schedule).length ? [one, other] : [other, one];
  return runsOfYears(sparse.schedule).some((run) => {
    const next = nextRun(dense.schedule, new Date(run - dense.startWindowMinutes * MINUTE)).getTime();
    return next < run + sparse.startWindowMinutes * MINUTE;
  });
}
