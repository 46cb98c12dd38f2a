import { ExitCode } from "@pgkeep/core";
import { readHistory } from "../manifest/history.js";
import type { AddCommand } from "./commandLine.js";
import { describeHistory } from "./describeHistory.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withConfiguration } from "./withConfiguration.js";

export const addList: AddCommand = (program, surroundings, finish) => {
  program
    .command("list")
    .description("List the recovery points, what was proven about them, and leftovers of runs that died.")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      await withConfiguration(surroundings, options, "nothing was changed", async ({ config, store, layout, json }) => {
        const history = await readHistory(store, layout);
        const result = { cluster: config.cluster, store: store.description, ...history };
        printResult(surroundings, json, result, () => describeHistory(config.cluster, store.description, history));
      });
      finish(ExitCode.Done);
    });
};

const HELP = `
A recovery point is \`checked\` once it committed and \`proven\` once a drill of it passed.

Example:
  $ pgkeep list
  $ pgkeep list --json | jq -r '.recoveryPoints[] | select(.state == "proven") | .id'`;
