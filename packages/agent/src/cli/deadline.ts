import { parseDuration } from "@pgkeep/core";
import { InvalidArgumentError } from "commander";

/** The longest that a timer of Node could wait is 24.8 days. */
const [LEAST, MOST] = ["1s", "7d"].map(parseDuration) as [number, number];

/** For commander: how long a command may take, such as `6h`, as milliseconds. */
export function deadline(text: string): number {
  const milliseconds = read(text);
  if (milliseconds !== undefined && milliseconds >= LEAST && milliseconds <= MOST) return milliseconds;
  throw new InvalidArgumentError("Allowed: 1s to 7d, for example 6h.");
}

function read(text: string): number | undefined {
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}
