/** How work in progress is told: lines and bars on a terminal, structured lines in a container, nothing in a library's test. */
export interface Reporter {
  /** A step begins or something worth a line happened. Fields are structured data for logs; never a secret. */
  info(message: string, fields?: Record<string, unknown>): void;
  /** Something the user should look at although the work goes on. */
  warning(message: string, fields?: Record<string, unknown>): void;
  /**
   * Bytes (unless `unit` says items) done so far of one named piece of work; `total` when it is known or estimated. The work is done when
   * `done` equals `total`. Called often: implementations throttle.
   */
  progress(work: string, done: number, total?: number, unit?: ProgressUnit): void;
}

export type ProgressUnit = "bytes" | "items";

/** Tells nobody. */
export const silentReporter: Reporter = { info() {}, warning() {}, progress() {} };
