import {
  type EventBridgeSchedule,
  eventBridgeSchedule,
  LONGEST_ALARM_WINDOW_HOURS,
  type Problem,
  ProblemError,
  parseCron,
  runIntervals,
  timeZoneProblem,
} from "@pgkeep/core";

/** How long a run may take, before the alarm fires that counts from one run to the next. */
const ALLOWANCE_HOURS = 2;

/** When something runs, as EventBridge Scheduler has it. */
export interface DumpTimes extends EventBridgeSchedule {
  /** The longest time between two runs, in whole hours. */
  longestHours: number;
}

/** Reads a schedule, or tells everything that is wrong with it. `where` is its place among the arguments. */
export function dumpTimes(where: string, text: string, timeZone: string): { times?: DumpTimes; problems: Problem[] } {
  const zone = timeZoneProblem(timeZone);
  const problems: Problem[] = [];
  if (zone !== undefined) {
    const { hidden: _, ...told } = zone;
    problems.push({ where: "timeZone", received: timeZone, ...told });
  }
  try {
    const schedule = { cron: parseCron(text, where), timeZone: zone === undefined ? timeZone : "UTC" };
    const expression = eventBridgeSchedule(schedule);
    if (problems.length > 0) return { problems };
    return { times: { ...expression, longestHours: Math.ceil(runIntervals(schedule).longest / 60) }, problems };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { problems: [...problems, ...error.problems.map((problem) => ({ ...problem, where }))] };
  }
}

/** The age that is still good where none is given. */
export function usualFreshnessHours({ longestHours }: Pick<DumpTimes, "longestHours">): number {
  return Math.min(longestHours + ALLOWANCE_HOURS, LONGEST_ALARM_WINDOW_HOURS);
}

/** What is wrong with the alarm beside the schedule. `given` 0 is no alarm. */
export function freshnessProblems(times: Pick<DumpTimes, "longestHours">, given: number | undefined): Problem[] {
  if (given === 0) return [];
  const { longestHours } = times;
  if (longestHours >= LONGEST_ALARM_WINDOW_HOURS) {
    return [
      {
        where: "schedule",
        received: `at most ${longestHours} hours between two runs`,
        reason: "CloudWatch looks back 7 days at most, so an alarm would fire between two good runs of this schedule",
        next: "run it more often than once a week, or turn the alarm off with freshnessHours: 0 and watch it elsewhere",
      },
    ];
  }
  if (given === undefined || (given > longestHours && given <= LONGEST_ALARM_WINDOW_HOURS)) return [];
  return [
    {
      where: "freshnessHours",
      received: String(given),
      allowed: `${longestHours + 1} to ${LONGEST_ALARM_WINDOW_HOURS}, or 0 for no alarm`,
      reason:
        given > LONGEST_ALARM_WINDOW_HOURS
          ? "CloudWatch looks back 7 days at most"
          : `up to ${longestHours} hours lie between two runs, so the alarm would fire between good ones`,
    },
  ];
}
