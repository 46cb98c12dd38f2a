import { randomUUID } from "node:crypto";
import { ExitCode, ProblemError, type ScheduledJob, type StoreLayout } from "@pgkeep/core";
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
}

/**
 * Does a job under the lock that `pgkeep schedule` takes for it, so that it never runs beside itself, whoever starts it. The work gets a signal that
 * aborts when the lock is lost. Throws a ProblemError (TryAgain) where another run holds it.
 */
export async function underJobLock<Result>(
  { store, layout, job, purpose, reporter, pace = USUAL_PACE }: LockedJob,
  work: (lost: AbortSignal) => Promise<Result>,
): Promise<Result> {
  // Locks stand on it.
  await assertCreateOnly(store, `${layout.schedule}probe.json`);
  const held = await new JobLock(store, scheduleKeys(layout, job), randomUUID(), pace, reporter).tryAcquire(purpose);
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
