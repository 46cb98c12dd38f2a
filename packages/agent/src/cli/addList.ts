import { ExitCode, formatSize } from "@pgkeep/core";
import { type History, readHistory } from "../manifest/history.js";
import { renderTable } from "../terminal/renderTable.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { withConfiguration } from "./withConfiguration.js";

export const addList: AddCommand = (program, surroundings, finish) => {
  program
    .command("list")
    .description("List the recovery points, what was proven about them, and leftovers of runs that died.")
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      await withConfiguration(surroundings, options, "nothing was changed", async ({ config, store, layout, json }) => {
        const history = await readHistory(store, layout);
        surroundings.output.write(
          json ? `${JSON.stringify(history)}\n` : `${describeHistory(config.cluster, store.description, history)}\n`,
        );
      });
      finish(ExitCode.Done);
    });
};

function describeHistory(cluster: string, store: string, { recoveryPoints, leftovers }: History): string {
  const lines = [`${cluster} in ${store}`, ""];
  if (recoveryPoints.length === 0) lines.push("No recovery point yet. `pgkeep backup` takes one.");
  else {
    const rows = recoveryPoints.map(({ id, state, bytes, drills }) => {
      const last = drills.at(-1);
      return [id, state, formatSize(bytes), last ? `${last.verdict} ${last.at.toISOString().slice(0, 16)}Z` : "never"];
    });
    lines.push(renderTable(["recovery point", "state", "stored", "last drill"], rows));
  }
  if (leftovers.length > 0) {
    lines.push("", "Leftovers of runs that did not commit; they are no recovery points:", "");
    const rows = leftovers.map(({ id, attempt, objects, bytes, lastWrittenAt }) => [
      id,
      attempt,
      String(objects),
      formatSize(bytes),
      lastWrittenAt.toISOString(),
    ]);
    lines.push(renderTable(["run", "attempt", "objects", "stored", "last written"], rows));
  }
  return lines.join("\n");
}
