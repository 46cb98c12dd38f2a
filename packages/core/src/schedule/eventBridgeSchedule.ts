import { ExitCode } from "../exitCode.js";
import { ProblemError } from "../problem.js";
import { clockChangeNotes } from "./clockChangeNotes.js";
import { CRON_FIELDS } from "./cronField.js";
import { fieldsText, listText } from "./fieldsText.js";
import type { Schedule } from "./runs.js";

/** Arguments of a schedule of Amazon EventBridge Scheduler. */
export interface EventBridgeSchedule {
  /** `cron(…)` of six fields, the last being the year. */
  scheduleExpression: string;
  scheduleExpressionTimezone: string;
  notes: string[];
}

/**
 * A schedule for EventBridge Scheduler (its user guide, "Cron-based schedules"): one of the two fields for days must be `?`, days of the week are
 * counted from 1, Sunday, and so are written by name here. Both fields together cannot be expressed.
 */
export function eventBridgeSchedule(schedule: Schedule): EventBridgeSchedule {
  const { cron, timeZone } = schedule;
  if (!cron.anyDayOfMonth && !cron.anyDayOfWeek) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "schedule",
      received: cron.text,
      reason: "EventBridge Scheduler takes a day of the month or a day of the week, and this names both, either of which would do",
      next: "make two schedules of it, one for each",
    });
  }
  const { minute, hour, month } = fieldsText(cron);
  const days = cron.anyDayOfMonth ? (cron.anyDayOfWeek ? "*" : "?") : listText(cron.daysOfMonth);
  const weekdays = cron.anyDayOfWeek ? "?" : cron.daysOfWeek.map((day) => CRON_FIELDS.dayOfWeek.names[day]).join(",");
  // A step is written behind its first value there (0/15).
  const [minutes, hours, months] = [minute.replace("*/", "0/"), hour.replace("*/", "0/"), month.replace("*/", "1/")];
  return {
    scheduleExpression: `cron(${[minutes, hours, days, months, weekdays, "*"].join(" ")})`,
    scheduleExpressionTimezone: timeZone,
    notes: clockChangeNotes(schedule, { name: "EventBridge Scheduler", leavesOut: true, runsTwice: false, pauses: true }),
  };
}
