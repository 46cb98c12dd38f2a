import { DEADLINE_FORM, parseDeadline } from "../deadline.js";
import { durationText, formatDuration } from "../duration.js";
import { type Problem, ProblemError } from "../problem.js";
import { parseCron } from "../schedule/cron.js";
import { kubernetesSchedule } from "../schedule/kubernetesSchedule.js";
import { runIntervals } from "../schedule/runIntervals.js";
import { timeZoneProblem } from "../schedule/timeZone.js";

/** The controller looks every ten seconds, and a clock may be off: less than this loses slots without a word (kubernetes/kubernetes issue 86647). */
const LEAST_STARTING_DEADLINE = 60;
/** A run that was missed overnight must not begin at noon. */
const MOST_STARTING_DEADLINE = 3600;
/** As of every other scheduler of this project. */
const USUAL_DEADLINE_HOURS = 6;

/** When a CronJob runs, and how long each run may take. */
export interface CronJobTimes {
  /** Five fields, as Kubernetes reads them. */
  schedule: string;
  timeZone: string;
  /** Where Kubernetes' ways of a change of clocks, or the schedule itself, may surprise. */
  notes: string[];
  /** The longest time between two slots, in minutes: how much may be lost, beside one run's time. */
  longestMinutes: number;
  /** The shortest one. */
  shortestMinutes: number;
  /** How late a run may still begin. */
  startingDeadlineSeconds: number;
  /** How long a run with all its tries may take, where nobody says otherwise. */
  activeDeadlineSeconds: number;
}

/** Reads a schedule for a CronJob of backups, or tells everything that is wrong with it. `where` is its place among the arguments. */
export function cronJobTimes(where: string, text: string, timeZone: string): { times?: CronJobTimes; problems: Problem[] } {
  const problems: Problem[] = [];
  const zone = timeZoneProblem(timeZone);
  if (zone !== undefined) {
    const { hidden: _, ...told } = zone;
    problems.push({ where: "timeZone", received: timeZone, ...told });
  }
  try {
    const schedule = { cron: parseCron(text, where), timeZone: zone === undefined ? timeZone : "UTC" };
    if (problems.length > 0) return { problems };
    const { longest, shortest } = runIntervals(schedule);
    const { notes, ...fields } = kubernetesSchedule(schedule);
    return {
      times: {
        ...fields,
        notes: [...notes, ...schedule.cron.notes],
        longestMinutes: longest,
        shortestMinutes: shortest,
        startingDeadlineSeconds: Math.min(Math.max(Math.floor(shortest * 30), LEAST_STARTING_DEADLINE), MOST_STARTING_DEADLINE),
        activeDeadlineSeconds: Math.min(shortest * 60, USUAL_DEADLINE_HOURS * 3600),
      },
      problems,
    };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { problems: [...problems, ...error.problems.map((problem) => ({ ...problem, where }))] };
  }
}

/** Reads how long a run may take, in seconds, or tells what is wrong with it beside the schedule. */
export function activeDeadline(where: string, text: string, { shortestMinutes }: Pick<CronJobTimes, "shortestMinutes">) {
  const milliseconds = parseDeadline(text);
  if (milliseconds === undefined || milliseconds % 1000 !== 0) {
    const reason = "this is no time that a run may take";
    return { problems: [{ where, received: text, allowed: `${DEADLINE_FORM}, in whole seconds`, reason }] };
  }
  const shortest = shortestMinutes * 60_000;
  if (milliseconds <= shortest) return { seconds: milliseconds / 1000, problems: [] };
  const problem: Problem = {
    where,
    received: text,
    allowed: `at most ${durationText(shortest)}, the shortest time between two slots`,
    reason: `two slots are ${formatDuration(shortest)} apart, and a run that takes longer keeps the next from starting (concurrencyPolicy Forbid)`,
    next: "shorten it, or let the schedule run less often",
  };
  return { problems: [problem] };
}

/** How late a run may begin, in seconds, beside the schedule. */
export function startingDeadlineProblem(
  where: string,
  seconds: number,
  { shortestMinutes }: Pick<CronJobTimes, "shortestMinutes">,
): Problem | undefined {
  const most = Math.max(shortestMinutes * 60, LEAST_STARTING_DEADLINE);
  if (Number.isInteger(seconds) && seconds >= LEAST_STARTING_DEADLINE && seconds <= most) return undefined;
  return {
    where,
    received: String(seconds),
    allowed: `${LEAST_STARTING_DEADLINE} to ${most} seconds`,
    reason:
      seconds > most
        ? "the next slot is due before that, and it starts in place of a missed one"
        : "Kubernetes looks at its CronJobs every ten seconds, and a busy or restarted controller would let slots pass without a word",
  };
}
