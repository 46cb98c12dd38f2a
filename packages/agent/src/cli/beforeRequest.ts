import { type Before, ExitCode, ProblemError, parseDuration, periodSchema } from "@pgkeep/core";
import { InvalidArgumentError } from "commander";
import type { BeforeRequest } from "../backup/pinAhead.js";

/** Of `pgkeep backup`. */
export interface BeforeOptions {
  before?: Before;
  /** Milliseconds. */
  pinFor?: number;
}

const PIN_FOR_MILLISECONDS = parseDuration("30d");

/** What --before and --pin-for ask for; undefined where neither is given. */
export function beforeRequest({ before, pinFor }: BeforeOptions, by: string): BeforeRequest | undefined {
  if (before !== undefined) return { what: before, pinForMilliseconds: pinFor ?? PIN_FOR_MILLISECONDS, by };
  if (pinFor === undefined) return undefined;
  throw new ProblemError(ExitCode.Usage, {
    where: "--pin-for",
    reason: "it says how long a recovery point is pinned that is taken before something, and nothing is named",
    allowed: "--before deploy, --before migration or --before upgrade beside it",
    next: "add --before, or pin the recovery point afterwards with `pgkeep pin`",
  });
}

/** For commander: a period such as `30d`, as milliseconds. */
export function period(text: string): number {
  const parsed = periodSchema().safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues[0]?.message}. Allowed: 1h to 3650d, for example 30d.`);
}
