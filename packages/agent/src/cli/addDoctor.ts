import { runDoctor } from "../doctor/doctor.js";
import { paintFor } from "../terminal/paint.js";
import type { AddCommand } from "./commandLine.js";
import { describeDoctor } from "./describeDoctor.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { interruptibly, placeOf } from "./withConfiguration.js";

export const addDoctor: AddCommand = (program, surroundings, finish) => {
  program
    .command("doctor")
    .description("Examine everything that backups, drills and restores stand on, and say the way out of each problem.")
    .option("--notify", "also send a test of each kind of notification, and tell the answers")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions & { notify?: boolean };
      const { environment, output } = surroundings;
      const meaning = "nothing was changed";
      const report = await interruptibly(surroundings, options, meaning, async ({ reporter, signal, json }) => {
        const found = await runDoctor({
          ...placeOf(surroundings, options),
          copy: options.copy,
          reporter,
          signal,
          notify: options.notify === true,
        });
        printResult(surroundings, json, found, () => describeDoctor(found, paintFor(output, environment)));
        return found;
      });
      finish(report.exitCode);
    });
};

const HELP = `
Every check is made whatever the others found. One that could not be made reads COULD_NOT_VERIFY. The exit code is that of the first check that
failed (78 configuration, 77 permission, 69 unavailable, …), 79 when nothing failed but something could not be verified.

Nothing is changed, but for one small record below <cluster>/doctor/ in the store, which proves that it can be written and not overwritten.

Example:
  $ pgkeep doctor
  $ pgkeep doctor --notify
  $ pgkeep doctor --json | jq '.checks[] | select(.verdict != "PASS")'`;
