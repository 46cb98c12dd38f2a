/** What the clocks on the walls of a time zone show. Times shown are numbers of milliseconds as if they were UTC. */
export interface WallClock {
  /** What is shown at a moment. */
  shownAt(moment: number): number;
  /** What is shown minus the moment. */
  offsetAt(moment: number): number;
}

const HOUR = 3_600_000;
const clocks = new Map<string, WallClock>();

/** The clock of a time zone; made once for each. */
export function wallClock(timeZone: string): WallClock {
  const known = clocks.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const shownAt = (moment: number): number => {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(moment)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  const clock: WallClock = { shownAt, offsetAt: (moment) => shownAt(moment) - Math.floor(moment / 1000) * 1000 };
  clocks.set(timeZone, clock);
  return clock;
}

/**
 * The first moment at which a clock shows a time or a later one. A time that comes twice is the first of both; one that a clock passes over is the
 * moment at which it does.
 */
export function firstMomentOf(shown: number, clock: WallClock): number {
  // Offsets lie between -12 and +14 hours, so the moment lies between these two; no zone changes twice within a day.
  const before = clock.offsetAt(shown - 15 * HOUR);
  const after = clock.offsetAt(shown + 13 * HOUR);
  if (before === after) return shown - before;
  const candidates = [shown - before, shown - after].filter((moment) => clock.shownAt(moment) === shown);
  if (candidates.length > 0) return Math.min(...candidates);
  return changeWithin(shown - after, shown - before, clock);
}

/** The first moment behind `from` and not behind `to` at which the offset changes; undefined where it does not. */
export function nextChange(from: number, to: number, clock: WallClock): number | undefined {
  for (let begin = from; begin < to; begin += 3 * HOUR) {
    const end = Math.min(begin + 3 * HOUR, to);
    if (clock.offsetAt(begin) !== clock.offsetAt(end)) return changeWithin(begin, end, clock);
  }
  return undefined;
}

/** Halves a stretch with one change in it, down to the second. */
function changeWithin(from: number, to: number, clock: WallClock): number {
  const offset = clock.offsetAt(from);
  let [low, high] = [Math.floor(from / 1000), Math.floor(to / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (clock.offsetAt(middle * 1000) === offset) low = middle;
    else high = middle;
  }
  return high * 1000;
}
