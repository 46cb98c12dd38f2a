import type { Refusal } from "../refuse.js";
import type { Cron } from "./cron.js";
import { CRON_FIELDS, type CronFieldRule } from "./cronField.js";

type Dates = Pick<Cron, "daysOfMonth" | "months" | "anyDayOfMonth" | "anyDayOfWeek">;

/** The most days that a month can have; February has 29 in a leap year. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A date that no year has, such as 30 February, where nothing else could ever match. */
export function impossibleDate(cron: Dates): Refusal | undefined {
  if (cron.anyDayOfMonth || !cron.anyDayOfWeek || comes(cron)) return undefined;
  const reason = `no year has such a date: ${datesText(cron)} never comes, so nothing would ever run`;
  return { reason, next: "correct the day of the month or the month" };
}

/** What dates leave out, in words. */
export function dateNotes(cron: Dates): string[] {
  if (cron.anyDayOfMonth) return [];
  if (!comes(cron)) return [`${datesText(cron)} never comes, so the day of the week alone decides`];
  if (!cron.anyDayOfWeek) return [];
  const [first = 1] = cron.daysOfMonth;
  if (cron.months.every((month) => month === 2) && first === 29) return ["29 February comes in leap years only"];
  const short = cron.months.filter((month) => first > (month === 2 ? 28 : daysOf(month)));
  if (short.length === 0) return [];
  return [`months that have no day ${first} are left out${short.includes(2) && first === 29 ? " (February, but in leap years)" : ""}`];
}

/** A step of the whole field that leaves a rest: the last interval is shorter. Every cron takes it, and few mean it. */
export function unevenStep(rule: CronFieldRule, step: number | undefined): string[] {
  if (step === undefined) return [];
  const most = rule === CRON_FIELDS.dayOfWeek ? 6 : rule.most;
  const count = most - rule.least + 1;
  const rest = count % step;
  if (rest === 0) return [];
  const last = most - ((most - rule.least) % step);
  const units = { minute: "minutes", hour: "hours", month: "months" }[rule.name];
  if (units === undefined) {
    const period = rule === CRON_FIELDS.dayOfWeek ? "week" : "month";
    return [`*/${step} counts the ${rule.name} from ${rule.least} anew in each ${period}, so the step over its end is another`];
  }
  return [`*/${step} does not divide ${count} ${units} evenly: ${rule.name} ${last} is followed by ${rule.least}, ${rest} ${units} later`];
}

/** Whether any of the dates is one that some year has. */
export function comes({ months, daysOfMonth }: Dates): boolean {
  return months.some((month) => daysOfMonth.some((day) => day <= daysOf(month)));
}

function daysOf(month: number): number {
  return DAYS[month - 1] ?? 0;
}

function datesText({ months, daysOfMonth }: Dates): string {
  return `day ${daysOfMonth.join(", ")} of ${months.map((month) => CRON_FIELDS.month.names[month - 1]).join(", ")}`;
}
