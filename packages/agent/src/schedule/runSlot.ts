import { ExitCode, formatDuration, ProblemError } from "@pgkeep/core";
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
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs a job for one slot, again where that may help, and says what became of it. Throws only where nothing may be recorded, since somebody is to run
 * the slot again: the scheduler ends, or its lock was lost.
 */
export async function runSlot(run: SlotRun): Promise<SlotRecord> {
  const { task, slot, lock, clock, reporter } = run;
  const startedAt = clock.now();
  const lastStart = Math.min(startedAt.getTime() + run.retryFor, run.nextSlot.getTime());
  const signal = AbortSignal.any([run.signal, lock.lost]);
  for (let attempts = 1, wait = run.firstWait; ; attempts += 1, wait = Math.min(wait * 2, run.firstWait * 10)) {
    const ended = await attempt(run, signal);
    // What was done in spite of an abort is done.
    if (ended.error !== undefined) signal.throwIfAborted();
    if (ended.error === undefined || !isWorthAnother(ended.error) || clock.now().getTime() + wait >= lastStart) {
      const { exitCode, summary } = ended;
      const by = whoAmI(run.environment);
      return { job: task.job, slot, exitCode, summary, startedAt, endedAt: clock.now(), attempts, fence: lock.fence, by };
    }
    reporter.warning(`did not work this time, another try follows in ${formatDuration(wait)}: ${ended.summary}`, {
      exitCode: ended.exitCode,
    });
    await clock.waitUntil(new Date(clock.now().getTime() + wait), signal).catch(() => undefined);
    signal.throwIfAborted();
  }
}

async function attempt({ task, slot, reporter }: SlotRun, signal: AbortSignal): Promise<TaskOutcome & { error?: unknown }> {
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
