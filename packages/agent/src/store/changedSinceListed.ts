import { ExitCode, ProblemError } from "@pgkeep/core";

/** A hidden object that was listed is not there any more. */
export function changedSinceListed(where: string, version: string): ProblemError {
  return new ProblemError(ExitCode.TryAgain, {
    where,
    reason: "what is hidden there changed since it was listed: somebody removed it for good, or wrote the name anew",
    allowed: `version ${version}`,
    next: "list again what is hidden",
  });
}
