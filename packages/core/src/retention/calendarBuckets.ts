import { type WallClock, wallClock } from "../schedule/wallClock.js";

/** Stretches of time of which a policy keeps one recovery point each. */
export type BucketKind = "hour" | "day" | "week" | "month" | "year";

const DAY = 86_400_000;

/**
 * The hour, day, ISO week, month or year that a moment belongs to, by the clocks on the walls of a time zone: `2026-11-21`, `2026-W47`. An hour that
 * comes twice, when clocks are put back, is two hours, told apart by their distance from UTC.
 */
export function bucketOf(kind: BucketKind, moment: Date, timeZone: string): string {
  const clock = wallClock(timeZone);
  const shown = clock.shownAt(moment.getTime());
  const text = new Date(shown).toISOString();
  switch (kind) {
    case "hour":
      return `${text.slice(0, 10)} ${text.slice(11, 13)}h${offsetText(moment, clock)}`;
    case "day":
      return text.slice(0, 10);
    case "week":
      return isoWeek(shown);
    case "month":
      return text.slice(0, 7);
    case "year":
      return text.slice(0, 4);
  }
}

/** The week of ISO 8601: it begins on Monday and belongs to the year that its Thursday lies in. */
function isoWeek(shown: number): string {
  const midnight = Math.floor(shown / DAY) * DAY;
  const thursday = midnight + (3 - ((new Date(midnight).getUTCDay() + 6) % 7)) * DAY;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY)) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}

function offsetText(moment: Date, clock: WallClock): string {
  const minutes = Math.round(clock.offsetAt(moment.getTime()) / 60_000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}
