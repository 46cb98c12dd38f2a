import type { ExitCode, Schedule, ScheduledJob } from "@pgkeep/core";
import type { JobFacts } from "../notify/notifier.js";
import type { Reporter } from "../reporter.js";

/** What one run of a job is given. */
export interface TaskRun {
  slot: Date;
  reporter: Reporter;
  signal: AbortSignal;
}

/** How one run ended in order, for the record of the slot and for whoever is told of jobs. */
export interface TaskOutcome extends JobFacts {
  /** What the command that does the same ends with. */
  exitCode: ExitCode;
  /** What was done, in words. */
  summary: string;
}

/** A job and when it runs. */
export interface ScheduledTask {
  job: ScheduledJob;
  schedule: Schedule;
  /** Throws what the command would end with. */
  run(run: TaskRun): Promise<TaskOutcome>;
}
