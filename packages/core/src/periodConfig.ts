import { z } from "zod";
import { durationText, parseDuration } from "./duration.js";

const FORM = /^\d{1,15}[mhd]$/;
const LEAST = "1h";
/** Ten years. */
const MOST = "3650d";
const UNITS = "a whole number and a unit (m, h, d)";

/**
 * A period of history in configuration, for objectives and retention: text such as `36h` or `30d`, from 1h to 3650d, read as milliseconds and
 * written back as text by `z.encode`. A day is always 24 hours here. No default: add `.optional()` or `.prefault("30d")` where it is used.
 */
export function periodSchema(example = "30d") {
  return z.codec(z.string().meta({ pattern: FORM.source }), z.number(), {
    decode: (text, context) => {
      const problem = periodProblem(text);
      if (problem === undefined) return parseDuration(text);
      context.issues.push({
        code: "custom",
        message: problem,
        input: text,
        params: { allowed: `${LEAST} to ${MOST}, for example ${example}` },
      });
      return z.NEVER;
    },
    encode: durationText,
  });
}

function periodProblem(text: string): string | undefined {
  if (/^\d{1,15}[wMy]$/.test(text))
    return "weeks, months and years are not read here, for they differ in length: write days, for example 365d";
  if (!FORM.test(text)) return `this is not a period: write ${UNITS}`;
  const milliseconds = Number.parseInt(text, 10) * parseDuration(`1${text.at(-1)}`);
  if (milliseconds < parseDuration(LEAST)) return `this is less than ${LEAST}`;
  if (milliseconds > parseDuration(MOST)) return `this is more than ${MOST}`;
  return undefined;
}
