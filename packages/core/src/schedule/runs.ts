import { Cron as Croner } from "croner";
import type { Cron } from "./cron.js";
import { firstMomentOf, nextChange, type WallClock, wallClock } from "./wallClock.js";

/** When something runs: the times that clocks show, and where the clocks hang. */
export interface Schedule {
  cron: Cron;
  /** A name of the IANA database. */
  timeZone: string;
}

/*
 * The rule for clocks that are changed is crontab's own (cron(8) of Debian and cronie). A schedule of certain hours means the time shown: a time that is
 * passed over runs at the moment of the change, one that comes twice runs the first time only. A schedule of every hour means the distance:
 * it goes on by what the clock shows at each moment, so it neither pauses nor crowds. croner counts the times, as if in UTC, where no clock is changed;
 * by itself it would run a list of hours (1,2) twice when an hour comes twice, and never when one is passed over.
 */

/** The first run behind a moment, to the minute. There always is one: dates that never come are refused when a schedule is read. */
export function nextRun({ cron, timeZone }: Schedule, after: Date): Date {
  const clock = wallClock(timeZone);
  return new Date(cron.hours.length === 24 ? nextByDistance(cron, after.getTime(), clock) : nextByTime(cron, after.getTime(), clock));
}

/** The next `count` runs behind a moment. */
export function nextRuns(schedule: Schedule, count: number, after: Date): Date[] {
  const runs: Date[] = [];
  for (let last = after; runs.length < count; runs.push(last)) last = nextRun(schedule, last);
  return runs;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 29 February is left out in 2100, and a schedule may want one that is a certain day of the week no more than that. */
const LONGEST_YEARS = 9;

/** The last run at or before a moment. */
export function previousRun(schedule: Schedule, at: Date): Date {
  const end = Math.floor(at.getTime() / MINUTE);
  const runsWithin = (minutes: number) => nextRun(schedule, new Date((end - minutes) * MINUTE - 1)) <= at;
  let [without, within] = [-1, 1];
  while (!runsWithin(within) && within < LONGEST_YEARS * 366 * 24 * 60) [without, within] = [within, within * 4];
  while (within - without > 1) {
    const middle = Math.floor((without + within) / 2);
    if (runsWithin(middle)) within = middle;
    else without = middle;
  }
  return nextRun(schedule, new Date((end - within) * MINUTE - 1));
}

function nextByTime(cron: Cron, after: number, clock: WallClock): number {
  let shown = clock.shownAt(after);
  for (;;) {
    shown = nextShown(cron, shown);
    const moment = firstMomentOf(shown, clock);
    if (moment > after) return moment;
  }
}

function nextByDistance(cron: Cron, after: number, clock: WallClock): number {
  let from = after;
  let shown = clock.shownAt(from);
  for (;;) {
    const moment = nextShown(cron, shown) - clock.offsetAt(from);
    // Nothing matches before; only changes near to it matter, and looking for one takes time.
    if (moment - from > 3 * DAY) {
      from = moment - 2 * DAY;
      shown = clock.shownAt(from);
      continue;
    }
    const change = nextChange(from, moment, clock);
    if (change === undefined) return moment;
    from = change;
    // The moment of the change itself may be a run.
    shown = clock.shownAt(change) - 1000;
  }
}

const counters = new WeakMap<Cron, Croner>();

/** The next time shown that matches. */
function nextShown(cron: Cron, shown: number): number {
  const counter = counters.get(cron) ?? new Croner(patternOf(cron), { timezone: "UTC" });
  counters.set(cron, counter);
  const next = counter.nextRun(new Date(shown));
  if (next === null) throw new RangeError(`"${cron.text}" never runs behind ${new Date(shown).toISOString()}`);
  return next.getTime();
}

function patternOf(cron: Cron): string {
  const days = cron.anyDayOfMonth ? "*" : cron.daysOfMonth.join(",");
  const weekdays = cron.anyDayOfWeek ? "*" : cron.daysOfWeek.join(",");
  return [cron.minutes.join(","), cron.hours.join(","), days, cron.months.join(","), weekdays].join(" ");
}
