import { ExitCode, NotifiedJob, ProblemError } from "@pgkeep/core";
import { copyExit, copyFacts } from "../copy/copyFacts.js";
import { runCopy } from "../copy/runCopy.js";
import type { AddCommand } from "./commandLine.js";
import { describeCopy } from "./describeCopy.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withNotifiedJob } from "./withConfiguration.js";

interface CopyCommandOptions extends GlobalOptions {
  to: string;
  all?: boolean;
}

export const addCopy: AddCommand = (program, surroundings, finish) => {
  program
    .command("copy")
    .argument("[id]", "recovery point: an id, `latest` (default) or `latest-proven`")
    .description("Copy recovery points to another store, byte for byte, and read them back there.")
    .requiredOption("--to <name>", "name of the copy, from the section `copies`")
    .option("--all", "all that are missing there, the newest first, except what the copy's own retention would let go")
    .addHelpText("after", HELP)
    .action(async (id: string | undefined, _options, command) => {
      const options = command.optsWithGlobals() as CopyCommandOptions;
      if (id !== undefined && options.all) {
        throw new ProblemError(ExitCode.Usage, {
          where: "pgkeep copy",
          received: `${id} --all`,
          reason: "one recovery point and all of them cannot be meant at once",
          next: "leave one of the two out",
        });
      }
      const meaning = "nothing was committed there beyond what is listed; run it again and it goes on where it was";
      const telling = { job: NotifiedJob.Copy, factsOf: copyFacts };
      const result = await withNotifiedJob(telling, surroundings, options, meaning, async ({ config, store, reporter, signal, json }) => {
        const which = options.all ? "all" : (id ?? "latest");
        const { environment } = surroundings;
        const result = await runCopy({ config, source: store, to: options.to, which, environment, reporter, signal });
        printResult(surroundings, json, result, () => describeCopy(result));
        return result;
      });
      finish(copyExit(result));
    });
};

const HELP = `
Every object is read back at the far end and held against the manifest, which is written last: an interrupted copy leaves nothing that looks
whole, and the next one takes over what lies there already. Nothing is decrypted. The copy is a store of its own: every command that reads,
restores, drills or prunes works on it with --copy NAME. Exit code: that of the first recovery point that could not be copied.

Example:
  $ pgkeep copy --to offsite
  $ pgkeep copy --all --to offsite --json | jq .recoveryPoints
  $ pgkeep drill latest --copy offsite`;
