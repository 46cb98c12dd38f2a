import type { ExitCode, ScheduledJob } from "@pgkeep/core";

/** Where one job's loop is, for the health endpoint. */
export interface JobState {
  job: ScheduledJob;
  /** The run that is waited for. */
  next: Date | undefined;
  /** The slot that is being worked on, here or by another scheduler that holds the lock. */
  working: { slot: Date; here: boolean } | undefined;
  /** What became of the last slot that was finished with. */
  last: { slot: Date; exitCode: ExitCode; summary: string } | undefined;
  /** Slots up to this one need nothing more from this scheduler. */
  settled: Date | undefined;
  /** What keeps a slot from being worked on, for example a store that does not answer. */
  hindrance: string | undefined;
  /** When the loop last went on, by the schedule's clock. */
  lookedAt: Date;
}

export function newJobState(job: ScheduledJob, now: Date): JobState {
  return { job, next: undefined, working: undefined, last: undefined, settled: undefined, hindrance: undefined, lookedAt: now };
}
