import { ExitCode, ProblemError } from "@pgkeep/core";
import type { JobFacts } from "../notify/notifier.js";
import type { TaskOutcome } from "./ScheduledTask.js";

/**
 * Does the same for several things, one after the other; one that fails does not keep the others from being done. The outcome is that of all: the first exit
 * code that is not 0, and what was done for each. Throws, at the end, what the failures threw.
 */
export async function eachInTurn<Item>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item) => Promise<JobFacts>,
): Promise<TaskOutcome> {
  const outcomes: JobFacts[] = [];
  const failures: ProblemError[] = [];
  for (const item of items) {
    try {
      outcomes.push(await work(item));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProblemError)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first)
    throw new ProblemError(
      first.exitCode,
      failures.flatMap(({ problems }) => problems),
      { cause: first },
    );
  return {
    ...(outcomes.length === 1 ? outcomes[0] : {}),
    exitCode: outcomes.map(({ exitCode }) => exitCode).find((code) => code !== undefined && code !== ExitCode.Done) ?? ExitCode.Done,
    summary: outcomes.map(({ summary }) => summary ?? "").join("; "),
  };
}
