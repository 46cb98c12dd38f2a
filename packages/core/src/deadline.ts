import { parseDuration } from "./duration.js";

/** The longest that a timer of Node could wait is 24.8 days. */
const [LEAST, MOST] = ["1s", "7d"].map(parseDuration) as [number, number];

/** What a deadline may be, for messages. */
export const DEADLINE_FORM = "1s to 7d, for example 6h";

/** Reads how long a command may take, such as `6h`, as milliseconds. Undefined for what is no such time. */
export function parseDeadline(text: string): number | undefined {
  try {
    const milliseconds = parseDuration(text);
    return milliseconds >= LEAST && milliseconds <= MOST ? milliseconds : undefined;
  } catch {
    return undefined;
  }
}
