import { clockChangeNotes } from "./clockChangeNotes.js";
import { CRON_FIELDS } from "./cronField.js";
import type { Schedule } from "./runs.js";

/** Lines of a systemd timer. */
export interface SystemdSchedule {
  /** Values of OnCalendar=, each on a line of its own; any of them starts the unit. */
  onCalendar: string[];
  notes: string[];
}

/**
 * A schedule for a systemd timer (systemd.time(7), "Calendar events"), with its time zone, which needs systemd 235 or newer. A weekday and a date in
 * one line must both match, so where either is enough there are two lines.
 */
export function systemdSchedule(schedule: Schedule): SystemdSchedule {
  const { cron, timeZone } = schedule;
  const time = `${padded(cron.hours, 24)}:${padded(cron.minutes, 60)}:00 ${timeZone}`;
  const months = cron.months.length === 12 ? "*" : cron.months.map(two).join(",");
  const weekdays = cron.daysOfWeek.map((day) => capitalised(CRON_FIELDS.dayOfWeek.names[day] ?? "")).join(",");
  const byDate = `*-${months}-${cron.daysOfMonth.map(two).join(",")} ${time}`;
  const byWeekday = `${weekdays} *-${months}-* ${time}`;
  const onCalendar =
    cron.anyDayOfMonth && cron.anyDayOfWeek
      ? [`*-${months}-* ${time}`]
      : [...(cron.anyDayOfMonth ? [] : [byDate]), ...(cron.anyDayOfWeek ? [] : [byWeekday])];
  return {
    onCalendar,
    // Seen with systemd-analyze of systemd 252: 02:30 of a day without it is left out, and the second pass of an hour is never used.
    notes: clockChangeNotes(schedule, { name: "systemd", leavesOut: true, runsTwice: false, pauses: true }),
  };
}

function padded(values: readonly number[], count: number): string {
  return values.length === count ? "*" : values.map(two).join(",");
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function capitalised(name: string): string {
  return `${name.slice(0, 1)}${name.slice(1).toLowerCase()}`;
}
