import { ExitCode } from "@pgkeep/core";
import { runBackup } from "../backup/backup.js";
import { loadSigningKey } from "../configuration/keys.js";
import { loadConnection } from "../configuration/loadConnection.js";
import { runIdentity } from "../configuration/runIdentity.js";
import type { AddCommand } from "./commandLine.js";
import { describeBackup } from "./describeBackup.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withConfiguration } from "./withConfiguration.js";

export const addBackup: AddCommand = (program, surroundings, finish) => {
  program
    .command("backup")
    .description("Take one recovery point: all databases at one instant, the roles and the listed files.")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      const { environment } = surroundings;
      const meaning = "nothing was committed; what was written is a leftover and disturbs nothing";
      await withConfiguration(surroundings, options, meaning, async ({ config, store, reporter, signal, json }) => {
        const identity = runIdentity(environment);
        const signingKey = await loadSigningKey(config, environment);
        const connection = await loadConnection(config.connection, environment);
        const result = await runBackup({
          config,
          connection,
          store,
          identity,
          ...(signingKey ? { signingKey } : {}),
          reporter,
          signal,
        });
        printResult(surroundings, json, result, () => describeBackup(result));
      });
      finish(ExitCode.Done);
    });
};

const HELP = `
The recovery point is committed last; whatever goes wrong before leaves none. Run again under the same PGKEEP_RUN_ID and
PGKEEP_SLOT (as a Kubernetes Job does) it finds what an earlier attempt committed and ends well.

Example:
  $ pgkeep backup
  $ PGKEEP_RUN_ID=nightly-42 PGKEEP_SLOT=2026-11-21T02:00:00Z pgkeep backup --json`;
