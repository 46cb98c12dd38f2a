import { z } from "zod";

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a duration such as `30s`, `5m`, `36h` or `250ms` as milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ""];
  if (!match || unit === undefined) {
    throw new RangeError(`"${text}" is not a duration: write a whole number and a unit (ms, s, m, h, d), for example 30s`);
  }
  return Number(match[1]) * unit;
}

/** A duration in configuration: text such as `30s`, read as milliseconds. */
export function durationSchema(defaultText: string) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return parseDuration(text);
      } catch (error) {
        context.addIssue({ code: "custom", message: (error as Error).message, input: text });
        return z.NEVER;
      }
    })
    .prefault(defaultText);
}
