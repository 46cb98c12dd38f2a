import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode, formatDuration, ProblemError, type ScheduledJob, type StoreLayout } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import { assertCreateOnly } from "../store/assertCreateOnly.js";
import type { Store } from "../store/Store.js";
import { JobLock } from "./JobLock.js";
import { type SchedulePace, USUAL_PACE } from "./SchedulePace.js";
import { scheduleKeys } from "./scheduleKeys.js";

export interface LockedJob {
  store: Store;
  layout: StoreLayout;
  job: ScheduledJob;
  /** For whoever looks into the lock. */
  purpose: string;
  reporter: Reporter;
  pace?: SchedulePace;
  /** How long another run is waited for. Default: not at all. */
  waitMilliseconds?: number;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/**
 * Does a job under the lock that `pgkeep schedule` takes for it, so that it never runs beside itself, whoever starts it. The work gets a signal that
 * aborts when the lock is lost. Throws a ProblemError (TryAgain) where another run holds it, and did not let it go while it was waited for.
 */
export async function underJobLock<Result>(locked: LockedJob, work: (lost: AbortSignal) => Promise<Result>): Promise<Result> {
  const { store, layout, job, pace = USUAL_PACE } = locked;
  // Locks stand on it.
  await assertCreateOnly(store, `${layout.schedule}probe.json`);
  const held = await acquire(locked, pace);
  if (!held) {
    throw new ProblemError(ExitCode.TryAgain, {
      where: "--exclusive",
      reason: `another ${job} of this cluster is under way on ${store.description}, or died less than ${pace.lockLifetime / 60_000} minutes ago`,
      next: "nothing: the other one does it, or else the next run does",
    });
  }
  try {
    return await work(held.lost);
  } finally {
    await held.release();
  }
}

async function acquire({ store, layout, job, purpose, reporter, waitMilliseconds = 0, signal }: LockedJob, pace: SchedulePace) {
  const lock = new JobLock(store, scheduleKeys(layout, job), randomUUID(), pace, reporter);
  const end = performance.now() + waitMilliseconds;
  for (let told = false; ; told = true) {
    const held = await lock.tryAcquire(purpose);
    const left = end - performance.now();
    if (held !== undefined || left <= 0) return held;
    if (!told) reporter.info(`another ${job} of this cluster is under way: waiting for it, ${formatDuration(waitMilliseconds)} at most`);
    await sleep(Math.min(pace.poll, left), undefined, signal ? { signal } : {});
  }
}
