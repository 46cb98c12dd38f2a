import { createHash } from "node:crypto";
import { formatTimeName, type Schedule, type ScheduledJob, type StoreLayout } from "@pgkeep/core";

/** Where the records of one scheduled job lie. All of them are create-only, and nothing here is ever removed by a scheduler. */
export interface ScheduleKeys {
  /** Prefix of the lock's numbered tokens, with a trailing slash. */
  lock: string;
  /** Token `number` of the lock. */
  token(number: number): string;
  /** What became of a slot. */
  slot(slot: Date): string;
  /** When this schedule of the job was first seen. A changed schedule is another one. */
  beginning(schedule: Schedule): string;
}

export function scheduleKeys(layout: StoreLayout, job: ScheduledJob): ScheduleKeys {
  const prefix = `${layout.schedule}${job}/`;
  return {
    lock: `${prefix}lock/`,
    token: (number) => `${prefix}lock/${String(number).padStart(10, "0")}.json`,
    slot: (slot) => `${prefix}slots/${formatTimeName(slot)}.json`,
    beginning: ({ cron, timeZone }) => {
      const { minutes, hours, daysOfMonth, months, daysOfWeek, anyDayOfMonth, anyDayOfWeek } = cron;
      const meaning = [minutes, hours, anyDayOfMonth || daysOfMonth, months, anyDayOfWeek || daysOfWeek, timeZone];
      return `${prefix}since-${createHash("sha256").update(JSON.stringify(meaning)).digest("hex").slice(0, 12)}.json`;
    },
  };
}
