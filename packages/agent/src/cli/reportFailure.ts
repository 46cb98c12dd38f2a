import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { CommanderError } from "commander";
import { printProblem } from "../terminal/printProblem.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import type { Surroundings } from "./Surroundings.js";

/** What `--json` prints in place of a result. */
export interface FailureDocument {
  error: { exitCode: ExitCode; problems: readonly Problem[] };
}

/**
 * Tells what ended a command and returns its exit code. People read it on standard error. With --json standard output holds one document all
 * the same, so that whoever reads the result needs no second stream, in which progress would be mixed with the problem.
 */
export function reportFailure(error: unknown, options: GlobalOptions, { environment, messages, output }: Surroundings): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.Done;
  const { exitCode, problems } = failureOf(error);
  // commander has told its own already.
  if (!(error instanceof CommanderError)) messages.write(printProblem(error, environment, messages, options.logFormat));
  if (options.json) output.write(`${JSON.stringify({ error: { exitCode, problems } } satisfies FailureDocument)}\n`);
  return exitCode;
}

function failureOf(error: unknown): { exitCode: ExitCode; problems: readonly Problem[] } {
  if (error instanceof ProblemError) return { exitCode: error.exitCode, problems: error.problems };
  if (error instanceof CommanderError) {
    const [reason = "", ...hints] = error.message.replace(/^error: /, "").split("\n");
    const next = hints.join(" ").replace(/^\((.*)\)$/, "$1");
    return { exitCode: ExitCode.Usage, problems: [{ where: "command line", reason, ...(next === "" ? {} : { next }) }] };
  }
  const reason = `a defect of pgkeep: ${error instanceof Error ? error.message : String(error)}`;
  return { exitCode: ExitCode.Defect, problems: [{ where: "pgkeep", reason, next: "report it; standard error shows where it happened" }] };
}
