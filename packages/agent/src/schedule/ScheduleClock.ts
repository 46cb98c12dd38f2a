import { setTimeout as sleep } from "node:timers/promises";

/** What a scheduler takes the time from. Its own, so that a test may run a year in a minute. */
export interface ScheduleClock {
  now(): Date;
  /** Ends when the clock shows the moment or a later one, or was put back, or rejects when the signal aborts. */
  waitUntil(moment: Date, signal: AbortSignal): Promise<void>;
}

/** The longest sleep: a machine that was suspended, or whose clock was set, is noticed within it. */
const LONGEST_SLEEP_MILLISECONDS = 15_000;

export const machineClock: ScheduleClock = {
  now: () => new Date(),
  async waitUntil(moment, signal) {
    for (let now = Date.now(); now < moment.getTime(); ) {
      const before = now;
      await sleep(Math.min(moment.getTime() - now, LONGEST_SLEEP_MILLISECONDS), undefined, { signal });
      now = Date.now();
      // The moment may be years away now, and whoever waits has to think again.
      if (now < before) return;
    }
  },
};
