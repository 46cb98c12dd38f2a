import { inspect } from "node:util";
import { ProblemError } from "@pgkeep/core";

/** The ProblemError that something must fail with; anything else fails the test, showing what happened instead. */
export async function problemOf(work: Promise<unknown>): Promise<ProblemError> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof ProblemError) return outcome.error;
  throw new Error(`expected a ProblemError, got ${inspect(outcome)}`);
}
