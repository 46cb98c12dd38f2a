import { type Check, ExitCode, type Problem, ProblemError, Verdict } from "@pgkeep/core";

/** One check of `pgkeep doctor`. */
export interface Diagnosis extends Check {
  /** What is wrong, with the way out. Empty for a pass. */
  problems: readonly Problem[];
  /** What a command that meets this would end with. */
  exitCode: ExitCode;
}

/** Runs one check. It passes with what it returns, and fails with the problems it throws; no failure keeps the next check from running. */
export async function diagnose(name: string, work: () => readonly string[] | Promise<readonly string[]>): Promise<Diagnosis> {
  try {
    return { name, verdict: Verdict.Pass, details: await work(), problems: [], exitCode: ExitCode.Done };
  } catch (error) {
    return failed(name, error);
  }
}

/** As diagnose, for what is no fault of the backups: whatever goes wrong, recovery points could only not be verified here. */
export async function diagnoseAbility(name: string, work: () => Promise<readonly string[]>): Promise<Diagnosis> {
  const diagnosis = await diagnose(name, work);
  if (diagnosis.verdict === Verdict.Pass) return diagnosis;
  return { ...diagnosis, verdict: Verdict.CouldNotVerify, exitCode: ExitCode.CouldNotVerify };
}

/** A check that could not be made, because of something that another check tells of. */
export function notExamined(name: string, reason: string): Diagnosis {
  const problem: Problem = { where: name, reason: `not examined: ${reason}` };
  return { name, verdict: Verdict.CouldNotVerify, details: [problem.reason], problems: [problem], exitCode: ExitCode.CouldNotVerify };
}

function failed(name: string, error: unknown): Diagnosis {
  if (!(error instanceof ProblemError)) {
    const reason = `a defect of pgkeep: ${error instanceof Error ? error.message : String(error)}`;
    return {
      name,
      verdict: Verdict.CouldNotVerify,
      details: [reason],
      problems: [{ where: name, reason, next: "report it" }],
      exitCode: ExitCode.Defect,
    };
  }
  const verdict = error.exitCode === ExitCode.CouldNotVerify ? Verdict.CouldNotVerify : Verdict.Fail;
  const details = error.problems.map(({ where, reason }) => `${where}: ${reason}`);
  return { name, verdict, details, problems: error.problems, exitCode: error.exitCode };
}
