import { ExitCode, ProblemError } from "@pgkeep/core";
import { copyFacts } from "../copy/copyFacts.js";
import { type CopyResult, runCopy } from "../copy/runCopy.js";
import type { TaskSurroundings } from "./configuredTasks.js";
import type { ScheduledTask, TaskOutcome } from "./ScheduledTask.js";

/** `pgkeep copy --all` to every copy, for a slot. One copy that cannot be reached does not keep the others from being filled. */
export function copyTask({ config, store, environment }: TaskSurroundings): ScheduledTask["run"] {
  return async ({ reporter, signal }): Promise<TaskOutcome> => {
    const results: CopyResult[] = [];
    const failures: ProblemError[] = [];
    for (const { name } of config.copies ?? []) {
      try {
        results.push(await runCopy({ config, source: store, to: name, which: "all", environment, reporter, signal }));
      } catch (error) {
        if (signal.aborted || !(error instanceof ProblemError)) throw error;
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first)
      throw new ProblemError(
        first.exitCode,
        failures.flatMap(({ problems }) => problems),
      );
    const facts = results.map(copyFacts);
    const exitCode = facts.map((fact) => fact.exitCode ?? ExitCode.Done).find((code) => code !== ExitCode.Done) ?? ExitCode.Done;
    return { exitCode, summary: facts.map(({ summary }) => summary).join("; ") };
  };
}
