import type { Refusal } from "../refuse.js";

/** One of the five fields of a schedule. */
export interface CronFieldRule {
  name: string;
  least: number;
  most: number;
  /** Three-letter names, in the order of the numbers from `least` on. */
  names: readonly string[];
}

export const CRON_FIELDS = {
  minute: { name: "minute", least: 0, most: 59, names: [] },
  hour: { name: "hour", least: 0, most: 23, names: [] },
  dayOfMonth: { name: "day of the month", least: 1, most: 31, names: [] },
  month: {
    name: "month",
    least: 1,
    most: 12,
    names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
  },
  dayOfWeek: { name: "day of the week", least: 0, most: 7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
} as const satisfies Record<string, CronFieldRule>;

/** What a field says. */
export interface CronFieldValue {
  /** Ascending, each once; Sunday is 0. */
  values: readonly number[];
  /** Written as `*`: the field restricts nothing. */
  any: boolean;
  /** Written as `*` with a step above 1. */
  stepOfAll: number | undefined;
}

/** Reads one field. A Refusal says what is wrong with it. */
export function readCronField(text: string, rule: CronFieldRule): CronFieldValue | Refusal {
  const parts = text.split(",");
  if (parts.length > 1 && parts.some((part) => part === "*" || part.startsWith("*/"))) {
    return refusal(rule, text, "`*` in a list means every value, so the rest of the list says nothing");
  }
  const values = new Set<number>();
  for (const part of parts) {
    const read = readPart(part, rule);
    if ("reason" in read) return read;
    for (let value = read.begin; value <= read.end; value += read.step) values.add(isSunday(rule, value) ? 0 : value);
  }
  const step = /^\*\/0*(\d+)$/.exec(text)?.[1];
  return {
    values: [...values].sort((a, b) => a - b),
    any: text === "*" || step === "1",
    stepOfAll: step === undefined || step === "1" ? undefined : Number(step),
  };
}

interface Stretch {
  begin: number;
  end: number;
  step: number;
}

function readPart(part: string, rule: CronFieldRule): Stretch | Refusal {
  if (/^[lw]$|^\d+[lw]$|#/i.test(part)) {
    return refusal(rule, part, "the last day, the nearest weekday and the n-th weekday (L, W, #) belong to other kinds of cron");
  }
  const match = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/i.exec(part);
  if (!match) return refusal(rule, part, reasonOfUnknown(part));
  const [, all, from = "", to, stepText] = match;
  // The second Sunday, 7, is a way to write the first and no day of its own.
  const highest = rule === CRON_FIELDS.dayOfWeek ? 6 : rule.most;
  const begin = all ? rule.least : numberOf(from, rule);
  const end = all ? highest : to === undefined ? begin : numberOf(to, rule);
  for (const [written, value] of [
    [from, begin],
    [to ?? from, end],
  ] as const) {
    if (value === undefined) return refusal(rule, part, `"${written}" is no ${rule.name}`);
    if (value < rule.least || value > rule.most) return refusal(rule, part, `${value} is no ${rule.name}`);
  }
  if (begin === undefined || end === undefined) return refusal(rule, part, "this is not complete");
  if (begin > end) {
    return refusal(rule, part, "a range runs from the smaller to the larger value", `write ${begin}-${highest},${rule.least}-${end}`);
  }
  if (stepText === undefined) return { begin, end, step: 1 };
  if (!all && to === undefined) {
    return refusal(rule, part, "cron programs disagree about a step behind a single value", `write ${from}-${highest}/${stepText}`);
  }
  const step = Number(stepText);
  if (step < 1) return refusal(rule, part, "a step is at least 1");
  if (step > end - begin) {
    const reason = `the step is larger than the range from ${begin} to ${end}, so only ${begin} would ever match, where every ${step} may have been meant`;
    return refusal(rule, part, reason, `write ${begin}, or a step of at most ${end - begin}`);
  }
  return { begin, end, step };
}

function numberOf(text: string, { names, least }: CronFieldRule): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = names.indexOf(text.toUpperCase());
  return index < 0 ? undefined : index + least;
}

function reasonOfUnknown(part: string): string {
  if (part === "") return "a value is missing";
  if (part === "?") return "`?` belongs to other kinds of cron; here `*` leaves a field open";
  if (part.startsWith("-")) return "a value is never negative";
  return "this cannot be read";
}

function isSunday(rule: CronFieldRule, value: number): boolean {
  return rule === CRON_FIELDS.dayOfWeek && value === 7;
}

function refusal(rule: CronFieldRule, part: string, reason: string, next?: string): Refusal {
  const names = rule.names.length === 0 ? "" : ` or ${rule.names[0]} to ${rule.names.at(-1)}`;
  return {
    reason: `${rule.name} "${part}": ${reason}`,
    allowed: `for the ${rule.name} ${rule.least} to ${rule.most}${names}; *, lists (1,15), ranges (1-5) and steps (*/5, 1-9/2)`,
    ...(next === undefined ? {} : { next }),
  };
}
