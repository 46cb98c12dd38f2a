import { z } from "zod";
import { ExitCode } from "../exitCode.js";
import { ProblemError } from "../problem.js";
import { type Refusal, refuse } from "../refuse.js";
import { CRON_FIELDS, type CronFieldRule, type CronFieldValue, readCronField } from "./cronField.js";
import { comes, dateNotes, impossibleDate, unevenStep } from "./cronNotes.js";

/**
 * A schedule in the five fields of cron. Where both the day of the month and the day of the week are restricted, a day matches when either
 * does; where one of them is open, the other decides.
 */
export interface Cron {
  /** As it was written. */
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday, 6 is Saturday. */
  readonly daysOfWeek: readonly number[];
  /** The day of the month restricts nothing. */
  readonly anyDayOfMonth: boolean;
  /** The day of the week restricts nothing. */
  readonly anyDayOfWeek: boolean;
  /** What its reader may not have meant, for example a step that does not divide the hour. */
  readonly notes: readonly string[];
}

const ALIASES: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const ALLOWED =
  "five fields (minute, hour, day of the month, month, day of the week), for example `0 2 * * *` for every day at 2:00, or @daily";

/** Reads a schedule such as `0 2 * * *`, or throws a ProblemError (Configuration) that holds everything that is wrong with it. */
export function parseCron(text: string, where = "schedule"): Cron {
  const read = readCron(text);
  if (!Array.isArray(read)) return read;
  throw new ProblemError(
    ExitCode.Configuration,
    read.map(({ hidden: _, ...problem }) => ({ where, received: text, ...problem })),
  );
}

/** A schedule in configuration; it stays the text that was written, which `parseCron` reads. */
export function cronSchema() {
  return z.string().superRefine((text, context) => {
    const read = readCron(text);
    if (Array.isArray(read)) for (const problem of read) refuse(context, problem);
  });
}

function readCron(text: string): Cron | Refusal[] {
  const form = formProblem(text);
  if (form) return [form];
  const trimmed = text.trim();
  const fields = (ALIASES[trimmed.toLowerCase()] ?? trimmed).split(/\s+/);
  if (fields.length !== 5) return [countProblem(fields.length)];
  const rules: readonly CronFieldRule[] = Object.values(CRON_FIELDS);
  const read = rules.map((rule, index) => readCronField(fields[index] ?? "", rule));
  const problems = read.filter((value): value is Refusal => "reason" in value);
  if (problems.length > 0) return problems;
  const [minute, hour, dayOfMonth, month, dayOfWeek] = read as [
    CronFieldValue,
    CronFieldValue,
    CronFieldValue,
    CronFieldValue,
    CronFieldValue,
  ];
  const disagreement = stepBesideRestriction(dayOfMonth, dayOfWeek);
  if (disagreement) return [disagreement];
  const isOpenDay = isOpen(dayOfMonth, 31);
  const isOpenWeekday = isOpen(dayOfWeek, 7);
  // Either of two fields that are both restricted is enough, so all days on one side mean every day.
  const everyDay = !dayOfMonth.any && !dayOfWeek.any && (isOpenDay || isOpenWeekday);
  const written = {
    text,
    minutes: minute.values,
    hours: hour.values,
    daysOfMonth: dayOfMonth.values,
    months: month.values,
    daysOfWeek: dayOfWeek.values,
    anyDayOfMonth: isOpenDay || everyDay,
    anyDayOfWeek: isOpenWeekday || everyDay,
  };
  const impossible = impossibleDate(written);
  if (impossible) return [impossible];
  const uneven = rules.flatMap((rule, index) => unevenStep(rule, (read as CronFieldValue[])[index]?.stepOfAll));
  return { ...written, anyDayOfMonth: written.anyDayOfMonth || !comes(written), notes: [...uneven, ...dateNotes(written)] };
}

function isOpen({ any, values }: CronFieldValue, count: number): boolean {
  return any || values.length === count;
}

function formProblem(text: string): Refusal | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return { reason: "this is empty", allowed: ALLOWED };
  if (/^(?:CRON_)?TZ=/i.test(trimmed)) {
    return { reason: "a time zone has no place among the fields", allowed: ALLOWED, next: "write it in timeZone beside the schedule" };
  }
  if (!trimmed.startsWith("@") || ALIASES[trimmed.toLowerCase()] !== undefined) return undefined;
  const allowed = `${Object.keys(ALIASES).join(", ")}, or five fields`;
  if (/^@every\b/i.test(trimmed)) {
    const reason =
      "@every counts from the moment a program started and not by the clock, so two schedulers, or one that was started anew, would know different times";
    return { reason, allowed, next: "write fields, for example `*/15 * * * *` for every 15 minutes" };
  }
  if (/^@reboot$/i.test(trimmed)) return { reason: "@reboot names no time", allowed };
  return { reason: "there is no such abbreviation", allowed };
}

function countProblem(count: number): Refusal {
  const seconds = count === 6 ? ": some kinds of cron begin with seconds or end with a year, this one does neither" : "";
  return { reason: `this has ${count} ${count === 1 ? "field" : "fields"}, and five are wanted${seconds}`, allowed: ALLOWED };
}

/** crontab(5) takes a field that begins with `*` for open, whatever its step, so both fields must match; Kubernetes lets either do. */
function stepBesideRestriction(dayOfMonth: CronFieldValue, dayOfWeek: CronFieldValue): Refusal | undefined {
  const isDisputed = (dayOfMonth.stepOfAll !== undefined && !dayOfWeek.any) || (dayOfWeek.stepOfAll !== undefined && !dayOfMonth.any);
  if (!isDisputed) return undefined;
  return {
    reason:
      "cron programs disagree about a step of all days (*/2) beside the other field for days: for crontab both must match, for Kubernetes either is enough",
    next: "write the days out, for example 1-31/2: then either field is enough everywhere",
  };
}
