import { ExitCode } from "@pgkeep/core";
import { runBackup } from "../backup/backup.js";
import { loadSigningKey } from "../configuration/keys.js";
import { loadConnection } from "../configuration/loadConnection.js";
import { runIdentity } from "../configuration/runIdentity.js";
import type { AddCommand } from "./commandLine.js";
import { describeBackup } from "./describeBackup.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { withConfiguration } from "./withConfiguration.js";

export const addBackup: AddCommand = (program, surroundings, finish) => {
  program
    .command("backup")
    .description("Take one recovery point: all databases at one instant, the roles and the listed files.")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      const { environment, output } = surroundings;
      await withConfiguration(
        surroundings,
        options,
        "nothing was committed; what was written is a leftover and disturbs nothing",
        async (invocation) => {
          const { config, store, reporter, signal, json } = invocation;
          const signingKey = await loadSigningKey(config, environment);
          const result = await runBackup({
            config,
            connection: await loadConnection(config.connection, environment),
            store,
            identity: runIdentity(environment),
            ...(signingKey ? { signingKey } : {}),
            reporter,
            signal,
          });
          output.write(json ? `${JSON.stringify(result)}\n` : `${describeBackup(result)}\n`);
        },
      );
      finish(ExitCode.Done);
    });
};

const HELP = `
The recovery point is committed last; whatever goes wrong before leaves none. Run again under the same PGKEEP_RUN_ID and
PGKEEP_SLOT (as a Kubernetes Job does) it finds what an earlier attempt committed and ends well.

Example:
  $ pgkeep backup`;
