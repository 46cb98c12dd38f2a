import { DEADLINE_FORM, parseDeadline } from "@pgkeep/core";
import { InvalidArgumentError } from "commander";

/** For commander: how long a command may take, such as `6h`, as milliseconds. */
export function deadline(text: string): number {
  const milliseconds = parseDeadline(text);
  if (milliseconds === undefined) throw new InvalidArgumentError(`Allowed: ${DEADLINE_FORM}.`);
  return milliseconds;
}
