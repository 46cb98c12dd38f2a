import { nextRun, nextRuns, type Schedule } from "./runs.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const FROM = Date.UTC(2026, 0, 1);
/** Two years hold every kind of week and month, and both changes of the clocks. */
const SPAN = 2 * 366 * DAY;
/** Enough to see every hour of several weeks; looking further at hourly schedules takes seconds. */
const MOST_RUNS = 800;

/** The longest and the shortest time between two runs, in minutes. */
export function runIntervals(schedule: Schedule): { longest: number; shortest: number } {
  const runs = runsOfYears(schedule);
  const gaps = runs.slice(1).map((run, index) => (run - (runs[index] ?? run)) / MINUTE);
  return { longest: Math.max(...gaps), shortest: Math.min(...gaps) };
}

const known = new Map<string, readonly number[]>();

/** The runs of two years, or as many as are worth looking at. Counting them takes a while, so it is done once for each schedule. */
export function runsOfYears(schedule: Schedule): readonly number[] {
  const key = `${schedule.cron.text} ${schedule.timeZone}`;
  const runs = known.get(key) ?? countRuns(schedule);
  known.set(key, runs);
  return runs;
}

function countRuns(schedule: Schedule): number[] {
  const runs: number[] = [];
  let last = new Date(FROM - 1);
  while (runs.length < MOST_RUNS && last.getTime() < FROM + SPAN) {
    last = nextRun(schedule, last);
    runs.push(last.getTime());
  }
  // Of what runs once in several years the distance matters, too.
  return runs.length > 1 ? runs : nextRuns(schedule, 2, new Date(FROM)).map((run) => run.getTime());
}
