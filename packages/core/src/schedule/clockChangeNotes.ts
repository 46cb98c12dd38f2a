import type { Schedule } from "./runs.js";
import { nextRun } from "./runs.js";
import { nextChange, wallClock } from "./wallClock.js";

/** What a scheduler makes of a time that is passed over, and of one that comes twice, when clocks are changed. */
export interface ClockChangeHabits {
  /** Who it is, for sentences: `Kubernetes`. */
  name: string;
  /** A time of certain hours that is passed over is left out that day. */
  leavesOut: boolean;
  /** A time of certain hours that comes twice runs twice. */
  runsTwice: boolean;
  /** A schedule of every hour pauses while an hour comes twice. */
  pauses: boolean;
}

const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2028, 0, 1);
const SECOND = 1000;

/**
 * Where a scheduler will run a schedule otherwise than `nextRuns` says, because clocks are changed: sentences, none where it makes no
 * difference. Looks at the changes of 2026 and 2027, as they are known today.
 */
export function clockChangeNotes(schedule: Schedule, habits: ClockChangeHabits): string[] {
  const { cron, timeZone } = schedule;
  const notes = new Map<string, string>();
  const add = (kind: string, note: string) => notes.set(kind, notes.get(kind) ?? note);
  const asIfInUtc: Schedule = { cron, timeZone: "UTC" };
  for (const { shownBefore, shownAfter } of changesOf(timeZone)) {
    const [begin, end] = shownAfter > shownBefore ? [shownBefore, shownAfter] : [shownAfter, shownBefore];
    const affected = nextRun(asIfInUtc, new Date(begin - SECOND));
    if (affected.getTime() >= end) continue;
    const time = `${affected.toISOString().slice(0, 16).replace("T", " ")} in ${timeZone}`;
    const everyHour = cron.hours.length === 24;
    if (shownAfter > shownBefore && habits.leavesOut && !everyHour) {
      add(
        "gap",
        `${habits.name} leaves out a time that the clocks pass over (for example ${time}), where pgkeep itself runs at the change`,
      );
    }
    if (shownAfter < shownBefore && habits.runsTwice && !everyHour) {
      add("twice", `${habits.name} runs twice at a time that comes twice (for example ${time}), where pgkeep itself runs once`);
    }
    if (shownAfter < shownBefore && habits.pauses && everyHour) {
      add("pause", `${habits.name} pauses while an hour comes twice (for example ${time}), where pgkeep itself goes on`);
    }
  }
  return [...notes.values()];
}

interface ClockChange {
  /** What the clock would have shown at the moment of the change. */
  shownBefore: number;
  /** What it does show. */
  shownAfter: number;
}

const known = new Map<string, ClockChange[]>();

function changesOf(timeZone: string): ClockChange[] {
  const before = known.get(timeZone);
  if (before) return before;
  const clock = wallClock(timeZone);
  const changes: ClockChange[] = [];
  for (let moment = nextChange(FROM, TO, clock); moment !== undefined; moment = nextChange(moment, TO, clock)) {
    changes.push({ shownBefore: clock.shownAt(moment - SECOND) + SECOND, shownAfter: clock.shownAt(moment) });
  }
  known.set(timeZone, changes);
  return changes;
}
