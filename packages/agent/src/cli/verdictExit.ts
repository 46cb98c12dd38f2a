import { ExitCode, Verdict } from "@pgkeep/core";

/** The exit code of a verdict: a failure is wrong data, and what could not be verified is neither a pass nor a failure. */
export function verdictExit(verdict: Verdict): ExitCode {
  return { [Verdict.Pass]: ExitCode.Done, [Verdict.Fail]: ExitCode.DataWrong, [Verdict.CouldNotVerify]: ExitCode.CouldNotVerify }[verdict];
}
