/** How work in progress is told: lines and bars on a terminal, structured lines in a container, nothing in a library's test. */
export interface Reporter {
  /** A step begins or something worth a line happened. Fields are structured data for logs; never a secret. */
  info(message: string, fields?: Record<string, unknown>): void;
  /** Something the user should look at although the work goes on. */
  warning(message: string, fields?: Record<string, unknown>): void;
  /** Bytes or items done so far of one named piece of work; `total` when it is known. Called often: implementations throttle. */
  progress(work: string, done: number, total?: number): void;
}

/** Tells nobody. */
export const silentReporter: Reporter = { info() {}, warning() {}, progress() {} };
