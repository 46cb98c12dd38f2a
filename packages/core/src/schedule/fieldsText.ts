import type { Cron } from "./cron.js";
import { CRON_FIELDS, type CronFieldRule } from "./cronField.js";

/** The five fields of a schedule, written so that every cron reads them alike. */
export interface FieldsText {
  minute: string;
  hour: string;
  /** `*`, or days written out: cron programs disagree about a step of all days. */
  dayOfMonth: string;
  month: string;
  /** `*`, or numbers from 0, Sunday, to 6: some programs refuse 7. */
  dayOfWeek: string;
}

export function fieldsText(cron: Cron): FieldsText {
  return {
    minute: steppedText(cron.minutes, CRON_FIELDS.minute),
    hour: steppedText(cron.hours, CRON_FIELDS.hour),
    dayOfMonth: cron.anyDayOfMonth ? "*" : listText(cron.daysOfMonth),
    month: steppedText(cron.months, CRON_FIELDS.month),
    dayOfWeek: cron.anyDayOfWeek ? "*" : listText(cron.daysOfWeek),
  };
}

/** On one line, as crontab and Kubernetes have it. */
export function fiveFields(cron: Cron): string {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = fieldsText(cron);
  return [minute, hour, dayOfMonth, month, dayOfWeek].join(" ");
}

/** Values as `*`, as a step of the whole field, or as a list. */
function steppedText(values: readonly number[], { least, most }: CronFieldRule): string {
  if (values.length === most - least + 1) return "*";
  const [first, second] = values;
  const step = (second ?? 0) - (first ?? 0);
  const isStepped =
    values.length > 2 &&
    first === least &&
    values.every((value, index) => value === least + index * step) &&
    (values.at(-1) ?? 0) + step > most;
  return isStepped ? `*/${step}` : listText(values);
}

/** Values as a list; three and more that follow each other as a range. */
export function listText(values: readonly number[], range = "-"): string {
  return runsOf(values)
    .map((run) => (run.length > 2 ? `${run[0]}${range}${run.at(-1)}` : run.join(",")))
    .join(",");
}

function runsOf(values: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last && last.at(-1) === value - 1) last.push(value);
    else runs.push([value]);
  }
  return runs;
}
