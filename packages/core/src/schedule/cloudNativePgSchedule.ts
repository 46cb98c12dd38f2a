import { ExitCode } from "../exitCode.js";
import { ProblemError } from "../problem.js";
import { fiveFields } from "./fieldsText.js";
import type { Schedule } from "./runs.js";
import { isSameTimeZone } from "./timeZone.js";

/** The field of a ScheduledBackup's spec (postgresql.cnpg.io/v1). */
export interface CloudNativePgSchedule {
  /** Six fields, the first being seconds. */
  schedule: string;
  notes: string[];
}

/**
 * A schedule for CloudNativePG. It has six fields, the first being seconds: five are accepted there too, and mean something else (`0 0 * * *` is every
 * hour). There is no field for a time zone, so any other than UTC is refused.
 */
export function cloudNativePgSchedule({ cron, timeZone }: Schedule): CloudNativePgSchedule {
  if (!isSameTimeZone(timeZone, "UTC")) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "timeZone",
      received: timeZone,
      allowed: "UTC",
      reason: "a ScheduledBackup of CloudNativePG has no time zone: the operator's own decides, which is UTC",
      next: "write the schedule in UTC, and mind that it moves by an hour against clocks that are changed",
    });
  }
  return { schedule: `0 ${fiveFields(cron)}`, notes: ["the operator's own Pod must run in UTC, as its image does"] };
}
