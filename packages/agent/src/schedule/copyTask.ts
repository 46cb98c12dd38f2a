import { copyFacts } from "../copy/copyFacts.js";
import { runCopy } from "../copy/runCopy.js";
import type { TaskSurroundings } from "./configuredTasks.js";
import { eachInTurn } from "./eachInTurn.js";
import type { ScheduledTask } from "./ScheduledTask.js";

/** `pgkeep copy --all` to each of the copies, for a slot. */
export function copyTask({ config, store, environment }: TaskSurroundings): ScheduledTask["run"] {
  return ({ reporter, signal }) =>
    eachInTurn(config.copies ?? [], signal, async ({ name }) =>
      copyFacts(await runCopy({ config, source: store, to: name, which: "all", environment, reporter, signal })),
    );
}
