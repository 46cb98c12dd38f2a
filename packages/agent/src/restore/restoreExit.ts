import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";

/** Of several kinds of problems the one that decides the exit code: what the user typed comes before what the server lacks. */
const PRECEDENCE = [ExitCode.DataWrong, ExitCode.Usage, ExitCode.Permission, ExitCode.Configuration];

/** One error of all problems; undefined when there are none. */
export function allProblems(found: readonly { exitCode: ExitCode; problem: Problem }[]): ProblemError | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  const exitCode = PRECEDENCE.find((code) => found.some((one) => one.exitCode === code)) ?? first.exitCode;
  return new ProblemError(
    exitCode,
    found.map(({ problem }) => problem),
  );
}
