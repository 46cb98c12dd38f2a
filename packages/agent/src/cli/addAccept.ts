import { ExitCode, parseRecoveryPointId } from "@pgkeep/core";
import { acceptRecoveryPoint } from "../records/acceptance.js";
import { audited } from "../records/audited.js";
import { whoAmI } from "../records/whoAmI.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { reason } from "./reason.js";
import { withConfiguration } from "./withConfiguration.js";

export const addAccept: AddCommand = (program, surroundings, finish) => {
  program
    .command("accept")
    .argument("<id>", "recovery point: its id; no alias, so that nothing is accepted that nobody looked at")
    .description("Accept a suspicious recovery point: it counts as good, and the next backups are compared with it.")
    .requiredOption("--reason <text>", "why what was found is as it should be", reason)
    .addHelpText("after", HELP)
    .action(async (id: string, _options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions & { reason: string };
      const by = whoAmI(surroundings.environment);
      parseRecoveryPointId(id);
      await withConfiguration(surroundings, options, "run `pgkeep show` to see whether it is accepted", async (invocation) => {
        const { store, layout, reporter, json } = invocation;
        const { findings, base } = await audited(
          { store, layout, reporter, by },
          "accept",
          id,
          () => acceptRecoveryPoint(store, layout, { id, reason: options.reason, by }),
          (accepted) => ({ details: [options.reason, ...accepted.findings.map((finding) => finding.reason)] }),
        );
        printResult(surroundings, json, { id, reason: options.reason, by, base, findings }, () =>
          [
            `${id} is accepted: it counts as good, and the next backup is compared with it.`,
            `What was found beside ${base}:`,
            ...findings.map((finding) => `  ${finding.reason}`),
          ].join("\n"),
        );
      });
      finish(ExitCode.Done);
    });
};

const HELP = `
A drill does not clear a suspicion: an emptied table restores perfectly. Acceptance cannot be taken back.

Example:
  $ pgkeep show 20261121T020000Z-4f9k2m1x
  $ pgkeep accept 20261121T020000Z-4f9k2m1x --reason "the old orders were archived on purpose"`;
