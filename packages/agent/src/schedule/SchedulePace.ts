/** How a scheduler paces itself, in milliseconds of real time. */
export interface SchedulePace {
  /** So long a lock counts without a further sign, by the store's clock. */
  lockLifetime: number;
  /** How often the lock is renewed while a job lives. */
  lockRenewal: number;
  /** How often it is asked whether another scheduler has done a slot, or let go of its lock. */
  poll: number;
  /** The first wait before a job is tried again; each further one is twice as long, up to ten times this. */
  retry: number;
}

/** Several missed signs before a lock is taken from a scheduler that died: a network may be away for a minute. */
export const USUAL_PACE: SchedulePace = { lockLifetime: 5 * 60_000, lockRenewal: 90_000, poll: 10_000, retry: 30_000 };
