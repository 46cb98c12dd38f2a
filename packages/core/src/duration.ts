import { z } from "zod";

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const FORM = /^(\d{1,15})(ms|s|m|h|d)$/;

/** Reads a duration such as `30s`, `5m`, `36h` or `250ms` as milliseconds. */
export function parseDuration(text: string): number {
  const match = FORM.exec(text);
  const unit = UNITS[match?.[2] ?? ""];
  const milliseconds = Number(match?.[1]) * (unit ?? Number.NaN);
  if (!match || !Number.isSafeInteger(milliseconds)) {
    throw new RangeError(`"${text}" is not a duration: write a whole number and a unit (ms, s, m, h, d), for example 30s`);
  }
  return milliseconds;
}

/** Writes milliseconds as configuration has them, exactly, in the largest unit that fits: `90s`, `5m`, `250ms`. Reads back as the same. */
export function durationText(milliseconds: number): string {
  const [name, unit] = Object.entries(UNITS).findLast(([, size]) => milliseconds > 0 && milliseconds % size === 0) ?? ["s", 1000];
  return `${milliseconds / unit}${name}`;
}

/** Writes a duration for people: `340 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return pair(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** What a duration in configuration may be, and why not less. */
export interface DurationBounds {
  /** Defaults to `1ms`. */
  least?: string;
  /** Why it must not be less. */
  reason?: string;
}

/** No wait that a user could mean is longer, and timers of Node fire at once past 2^31 ms (24.8 days). */
const MOST = "24h";

/** A duration in configuration: text such as `30s`, read as milliseconds, and written back as text by `z.encode`. */
export function durationSchema(defaultText: string, { least = "1ms", reason }: DurationBounds = {}) {
  return z
    .codec(z.string().meta({ pattern: FORM.source }), z.number(), {
      decode: (text, context) => {
        const problem = durationProblem(text, least, reason);
        if (problem === undefined) return parseDuration(text);
        context.issues.push({
          code: "custom",
          message: problem,
          input: text,
          params: { allowed: `${least} to ${MOST}, for example ${defaultText}` },
        });
        return z.NEVER;
      },
      encode: durationText,
    })
    .prefault(defaultText);
}

function durationProblem(text: string, least: string, reason: string | undefined): string | undefined {
  if (!FORM.test(text)) return "this is not a duration: write a whole number and a unit (ms, s, m, h, d)";
  // Numbers too large to be safe are above every bound, so they need no word of their own.
  const milliseconds = Number.parseInt(text, 10) * (UNITS[text.replace(/\d+/, "")] ?? 1);
  if (milliseconds < parseDuration(least)) return `this is less than ${least}${reason === undefined ? "" : `: ${reason}`}`;
  if (milliseconds > parseDuration(MOST)) return `this is more than ${MOST}: no step of a run may wait that long`;
  return undefined;
}
