import { nextRuns, type ScheduledJob } from "@pgkeep/core";
import type { ScheduledTask } from "./ScheduledTask.js";
import { zonedTime } from "./zonedTime.js";

/** When a job runs next. */
export interface UpcomingRuns {
  job: ScheduledJob;
  cron: string;
  timeZone: string;
  /** What its reader may not have meant by the schedule. */
  notes: readonly string[];
  /** `local` as the clocks of the zone show it. */
  runs: { at: Date; local: string }[];
}

export function upcomingRuns({ job, schedule }: Pick<ScheduledTask, "job" | "schedule">, count: number, after: Date): UpcomingRuns {
  const { cron, timeZone } = schedule;
  const runs = nextRuns(schedule, count, after).map((at) => ({ at, local: zonedTime(at, timeZone) }));
  return { job, cron: cron.text, timeZone, notes: cron.notes, runs };
}
