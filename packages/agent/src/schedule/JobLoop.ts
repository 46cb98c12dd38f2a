import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode, nextRun, ProblemError, previousRun, type StoreLayout } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";
import { beginningOf } from "./beginning.js";
import { type HeldLock, JobLock } from "./JobLock.js";
import { type JobState, newJobState } from "./JobState.js";
import { runSlot, type SlotRun } from "./runSlot.js";
import type { ScheduleClock } from "./ScheduleClock.js";
import type { ScheduledTask } from "./ScheduledTask.js";
import type { SchedulePace } from "./SchedulePace.js";
import { type ScheduleKeys, scheduleKeys } from "./scheduleKeys.js";
import { readSlotRecord, type SlotRecord, writeSlotRecord } from "./slotRecord.js";

export interface JobLoopOptions {
  store: Store;
  layout: StoreLayout;
  /** Names this scheduler among all on the store. */
  holder: string;
  clock: ScheduleClock;
  pace: SchedulePace;
  /** How long a run is tried again, in milliseconds. */
  retryFor: number;
  config: SlotRun["config"];
  environment: Environment;
  reporter: Reporter;
}

/**
 * Runs one job at each of its slots, once among all schedulers on the store and never beside itself. Of several slots that passed meanwhile, because
 * no scheduler lived or one run took longer, the newest runs, once.
 */
export class JobLoop {
  readonly state: JobState;
  readonly #keys: ScheduleKeys;
  readonly #lock: JobLock;

  constructor(
    private readonly task: ScheduledTask,
    private readonly options: JobLoopOptions,
  ) {
    const { store, layout, holder, pace, reporter, clock } = options;
    this.state = newJobState(task.job, clock.now());
    this.#keys = scheduleKeys(layout, task.job);
    this.#lock = new JobLock(store, this.#keys, holder, pace, reporter);
  }

  /** Reads, or leaves, the record of when this schedule began; whatever was due before needs nothing. */
  async begin(): Promise<void> {
    const { store, clock } = this.options;
    const { schedule } = this.task;
    const since = await beginningOf(store, this.#keys.beginning(schedule), clock.now());
    // The last slot before the beginning, which is not owed.
    this.state.settled = previousRun(schedule, new Date(since.getTime() - 1));
  }

  /** Ends when the signal aborts, once nothing is under way any more. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const { schedule } = this.task;
    while (!signal.aborted) {
      const now = clock.now();
      this.state.lookedAt = now;
      const slot = previousRun(schedule, now);
      // A clock was ahead, here or where the schedule was first seen, and is right now: nothing of the future is settled.
      if (this.state.settled && this.state.settled > now) this.state.settled = slot;
      if (this.state.settled && slot <= this.state.settled) {
        this.state.next = nextRun(schedule, now);
        // In stretches, so that it shows that this loop lives.
        const soon = new Date(Math.min(this.state.next.getTime(), now.getTime() + 60_000));
        await clock.waitUntil(soon, signal).catch(() => undefined);
      } else if (await this.#settle(slot, signal)) {
        this.state.settled = slot;
      }
    }
  }

  /** Sees to it that a slot is run, here or elsewhere. False where it is to be looked at anew: a newer slot is due, or the scheduler ends. */
  async #settle(slot: Date, signal: AbortSignal): Promise<boolean> {
    const nextSlot = nextRun(this.task.schedule, slot);
    this.state.next = nextSlot;
    try {
      while (!signal.aborted && this.options.clock.now() < nextSlot) {
        this.state.lookedAt = this.options.clock.now();
        if (await this.#tryOnce(slot, nextSlot, signal)) return true;
        // Not in step with the others that wait.
        await sleep(this.options.pace.poll * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
      }
      return false;
    } finally {
      this.state.working = undefined;
    }
  }

  /** True where the slot is finished with. */
  async #tryOnce(slot: Date, nextSlot: Date, signal: AbortSignal): Promise<boolean> {
    const { reporter } = this.options;
    try {
      if (await this.#isFinished(slot)) return true;
      const lock = await this.#lock.tryAcquire(`${this.task.job} ${slot.toISOString()}`);
      this.#resolved();
      this.state.working = { slot, here: lock !== undefined };
      if (!lock) return false;
      try {
        // Whoever held it before may have been at this very slot.
        return (await this.#isFinished(slot)) || (await this.#work(slot, nextSlot, lock, signal));
      } finally {
        await lock.release();
        this.state.working = undefined;
      }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (signal.aborted) {
        reporter.warning(`the run of ${slot.toISOString()} was ended before its end; whichever scheduler starts next runs it again`);
        return false;
      }
      if (error.message !== this.state.hindrance) reporter.warning(`the slot of ${slot.toISOString()} waits: ${error.message}`);
      this.state.hindrance = error.message;
      return false;
    }
  }

  async #work(slot: Date, nextSlot: Date, lock: HeldLock, signal: AbortSignal): Promise<boolean> {
    const { task, options } = this;
    const { clock, retryFor, reporter, environment, pace, config } = options;
    const late = clock.now().getTime() - slot.getTime();
    reporter.info(`slot of ${slot.toISOString()}${late > 60_000 ? ", missed until now" : ""}`, { slot: slot.toISOString() });
    const run = { task, slot, nextSlot, lock, clock, retryFor, firstWait: pace.retry, reporter, signal, environment, config };
    const record = await runSlot(run);
    const { exitCode, summary } = record;
    const fields = { slot: slot.toISOString(), exitCode, attempts: record.attempts };
    const isOurs = await this.#record(record, nextSlot, signal);
    this.state.last = { slot, exitCode, summary };
    if (exitCode === ExitCode.Done) reporter.info(`done: ${summary}`, fields);
    else reporter.warning(`ended with exit code ${exitCode}: ${summary}`, fields);
    if (!isOurs) reporter.warning("another scheduler has finished with this slot meanwhile: it had taken this one for dead", fields);
    return true;
  }

  /** A record that cannot be written now is written later, under the lock: without it the job would run once more. */
  async #record(record: SlotRecord, nextSlot: Date, signal: AbortSignal): Promise<boolean> {
    const { store, clock, pace, reporter } = this.options;
    for (;;) {
      try {
        return await writeSlotRecord(store, this.#keys.slot(record.slot), record);
      } catch (error) {
        if (!(error instanceof ProblemError) || signal.aborted || clock.now() >= nextSlot) throw error;
        reporter.warning(`what became of the slot was not recorded, and is tried again: ${error.message}`);
        await sleep(pace.poll, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #isFinished(slot: Date): Promise<boolean> {
    const record = await readSlotRecord(this.options.store, this.#keys.slot(slot));
    if (!record) return false;
    this.state.last = { slot, exitCode: record.exitCode, summary: record.summary };
    this.#resolved();
    return true;
  }

  #resolved(): void {
    this.state.hindrance = undefined;
  }
}
