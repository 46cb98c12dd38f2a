import type { ScheduledJob } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";

/** A reporter whose lines name the job: several may be under way at once. */
export function forJob(reporter: Reporter, job: ScheduledJob): Reporter {
  return {
    info: (message, fields) => reporter.info(`${job}: ${message}`, { job, ...fields }),
    warning: (message, fields) => reporter.warning(`${job}: ${message}`, { job, ...fields }),
    progress: (work, done, total, unit) => reporter.progress(`${job}: ${work}`, done, total, unit),
  };
}
