import { previousRun } from "@pgkeep/core";
import type { JobState } from "./JobState.js";
import type { ScheduledTask } from "./ScheduledTask.js";

/** So much later than its time a slot may be begun, and so long a loop may be silent. */
const GRACE_MILLISECONDS = 5 * 60_000;

/** One job as the health endpoint tells it; times are ISO times in UTC. */
export interface JobHealth {
  job: string;
  next: string | null;
  /** The slot under way, and whether it is this scheduler that works on it. */
  working: { slot: string; here: boolean } | null;
  last: { slot: string; exitCode: number } | null;
  /** What is wrong; null where nothing is. */
  problem: string | null;
}

export interface Health {
  healthy: boolean;
  jobs: JobHealth[];
}

/**
 * Whether every job's loop goes on and no slot waits for longer than five minutes. A run that takes long is well, and so is one that failed: to be
 * started anew would help neither.
 */
export function assessHealth(tasks: readonly { task: ScheduledTask; state: JobState }[], now: Date): Health {
  const jobs = tasks.map(({ task, state }): JobHealth => {
    const { job, next, working, last } = state;
    return {
      job,
      next: next?.toISOString() ?? null,
      working: working ? { slot: working.slot.toISOString(), here: working.here } : null,
      last: last ? { slot: last.slot.toISOString(), exitCode: last.exitCode } : null,
      problem: problemOf(task, state, now),
    };
  });
  return { healthy: jobs.every(({ problem }) => problem === null), jobs };
}

function problemOf({ schedule }: ScheduledTask, { working, settled, lookedAt }: JobState, now: Date): string | null {
  if (working) return null;
  const silent = now.getTime() - lookedAt.getTime();
  if (silent > GRACE_MILLISECONDS) return `its loop has not gone on since ${lookedAt.toISOString()}`;
  const due = previousRun(schedule, now);
  if (settled && settled < due && now.getTime() - due.getTime() > GRACE_MILLISECONDS) {
    return `the slot of ${due.toISOString()} is overdue; the log says why`;
  }
  return null;
}
