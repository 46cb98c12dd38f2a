/** The outcome of a check. A check that did not run never reads as passing. */
export enum Verdict {
  Pass = "PASS",
  Fail = "FAIL",
  CouldNotVerify = "COULD_NOT_VERIFY",
}

/** One check of a drill or of `pgkeep doctor`. */
export interface Check {
  /** What was checked, for example `table digests of syntho-core`. */
  name: string;
  verdict: Verdict;
  /** What was found, one line each; for a failure the objects that differ. */
  details: readonly string[];
}

/** A failure outweighs everything, what could not be verified outweighs a pass, and no checks at all prove nothing. */
export function overallVerdict(checks: readonly Pick<Check, "verdict">[]): Verdict {
  if (checks.some(({ verdict }) => verdict === Verdict.Fail)) return Verdict.Fail;
  if (checks.length === 0 || checks.some(({ verdict }) => verdict !== Verdict.Pass)) return Verdict.CouldNotVerify;
  return Verdict.Pass;
}
