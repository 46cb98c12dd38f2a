import { type ExitCode, type Problem, ProblemError } from "@pgkeep/core";

/** Gathers the problems of several steps, so that a user sees all of them at once and not one a run. */
export class ProblemCollector {
  readonly #problems: Problem[] = [];
  #exitCode: ExitCode | undefined;

  /** Runs a step; its problems are kept and the result is undefined. Any other error is thrown on. */
  async attempt<Result>(step: () => Result | Promise<Result>): Promise<Result | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      // The first step's exit code: what comes later may only follow from it.
      this.#exitCode ??= error.exitCode;
      this.#problems.push(...error.problems);
      return undefined;
    }
  }

  /** Throws everything that was gathered, if there was anything. */
  throwIfAny(): void {
    if (this.#exitCode !== undefined) throw new ProblemError(this.#exitCode, this.#problems);
  }
}
