import { ExitCode, formatDuration, NotifiedJob, ProblemError, type ScheduledJob } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import { openNotifier } from "../notify/notifier.js";
import { whoAmI } from "../records/whoAmI.js";
import type { Reporter } from "../reporter.js";
import type { HeldLock } from "./JobLock.js";
import type { ScheduleClock } from "./ScheduleClock.js";
import type { ScheduledTask, TaskOutcome } from "./ScheduledTask.js";
import type { SlotRecord } from "./slotRecord.js";

export interface SlotRun {
  task: ScheduledTask;
  slot: Date;
  /** When the next slot is due: no attempt begins behind it. */
  nextSlot: Date;
  lock: HeldLock;
  clock: ScheduleClock;
  /** How long attempts follow each other, in milliseconds. */
  retryFor: number;
  /** The first wait between two. */
  firstWait: number;
  reporter: Reporter;
  /** Ends the scheduler. */
  signal: AbortSignal;
  environment: Environment;
  /** Who is told of it. */
  config: Parameters<typeof openNotifier>[0]["config"];
}

const NOTIFIED: Record<ScheduledJob, NotifiedJob> = {
  backup: NotifiedJob.Backup,
  drill: NotifiedJob.Drill,
  retention: NotifiedJob.Retention,
  copy: NotifiedJob.Copy,
};

/**
 * Runs a job for one slot, again where that may help, and says what became of it. Throws only where nothing may be recorded, since somebody is to run
 * the slot again: the scheduler ends, or its lock was lost.
 */
export async function runSlot(run: SlotRun): Promise<SlotRecord> {
  const { config, environment, reporter, lock } = run;
  const signal = AbortSignal.any([run.signal, lock.lost]);
  const notifier = await openNotifier({ config, environment, reporter, signal });
  const job = NOTIFIED[run.task.job];
  notifier.started(job);
  try {
    const { record, ended } = await attempts(run, signal);
    await (ended.error === undefined ? notifier.succeeded(job, ended) : notifier.failed(job, ended.error));
    return record;
  } catch (error) {
    await notifier.failed(job, error);
    throw error;
  }
}

type Ended = TaskOutcome & { error?: unknown };

async function attempts(run: SlotRun, signal: AbortSignal): Promise<{ record: SlotRecord; ended: Ended }> {
  const { task, slot, lock, clock, reporter } = run;
  const startedAt = clock.now();
  const lastStart = Math.min(startedAt.getTime() + run.retryFor, run.nextSlot.getTime());
  for (let count = 1, wait = run.firstWait; ; count += 1, wait = Math.min(wait * 2, run.firstWait * 10)) {
    const ended = await attempt(run, signal);
    // What was done in spite of an abort is done.
    if (ended.error !== undefined) signal.throwIfAborted();
    if (!isWorthAnother(ended.error) || clock.now().getTime() + wait >= lastStart) {
      const { exitCode, summary } = ended;
      const by = whoAmI(run.environment);
      const record = { job: task.job, slot, exitCode, summary, startedAt, endedAt: clock.now(), attempts: count, fence: lock.fence, by };
      return { record, ended };
    }
    const next = `another try follows in ${formatDuration(wait)}`;
    reporter.warning(`did not work this time, ${next}: ${ended.summary}`, { exitCode: ended.exitCode });
    await clock.waitUntil(new Date(clock.now().getTime() + wait), signal).catch(() => undefined);
    signal.throwIfAborted();
  }
}

async function attempt({ task, slot, reporter }: SlotRun, signal: AbortSignal): Promise<Ended> {
  try {
    return await task.run({ slot, reporter, signal });
  } catch (error) {
    if (error instanceof ProblemError) return { error, exitCode: error.exitCode, summary: error.message };
    return {
      error,
      exitCode: ExitCode.Defect,
      summary: `a defect of pgkeep: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    };
  }
}

/** What exit codes promise: these two are worth another try, all others would end the same way. */
function isWorthAnother(error: unknown): boolean {
  return error instanceof ProblemError && (error.exitCode === ExitCode.TryAgain || error.exitCode === ExitCode.Unavailable);
}
