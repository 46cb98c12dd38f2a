import { ExitCode, parseRecoveryPointId } from "@pgkeep/core";
import { audited } from "../records/audited.js";
import { undeleteRecoveryPoint } from "../records/undelete.js";
import { whoAmI } from "../records/whoAmI.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withConfiguration } from "./withConfiguration.js";

export const addUndelete: AddCommand = (program, surroundings, finish) => {
  program
    .command("undelete")
    .argument("<id>", "recovery point: its id, as `pgkeep list --deleted` shows it")
    .description("Bring back a recovery point that was deleted and is only hidden, in a bucket that keeps versions.")
    .addHelpText("after", HELP)
    .action(async (id: string, _options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      const by = whoAmI(surroundings.environment);
      parseRecoveryPointId(id);
      const meaning = "what came back stays; run it again to bring back the rest";
      await withConfiguration(surroundings, options, meaning, async ({ config, store, layout, reporter, json }) => {
        const { objects } = await audited(
          { store, layout, reporter, by },
          "undelete",
          id,
          () => undeleteRecoveryPoint(store, layout, id, config.signing?.publicKeys ?? []),
          (undeleted) => ({ details: [`${undeleted.objects} objects`] }),
        );
        printResult(surroundings, json, { id, objects }, () => `${id} is back with all its objects (${objects} were hidden).`);
      });
      finish(ExitCode.Done);
    });
};

const HELP = `
The objects come back first and the manifest last. It needs a credential that may remove delete markers (s3:DeleteObjectVersion).

Example:
  $ pgkeep list --deleted
  $ pgkeep undelete 20261121T020000Z-4f9k2m1x && pgkeep drill 20261121T020000Z-4f9k2m1x`;
