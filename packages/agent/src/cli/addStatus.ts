import { ExitCode } from "@pgkeep/core";
import { ageMetricLine, wantsEmbeddedMetrics } from "../metrics/embeddedMetrics.js";
import { readStatus } from "../status/readStatus.js";
import { paintFor } from "../terminal/paint.js";
import { showsBlocks } from "../terminal/plot.js";
import type { AddCommand } from "./commandLine.js";
import { describeStatus } from "./describeStatus.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withConfiguration } from "./withConfiguration.js";

interface StatusCommandOptions extends GlobalOptions {
  leftovers?: boolean;
}

export const addStatus: AddCommand = (program, surroundings, finish) => {
  program
    .command("status")
    .description("Tell how the recovery points stand: their age against the targets, proofs, next runs, sizes and restore times.")
    .option("--leftovers", "also count what runs left that did not commit; lists every object of the store")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as StatusCommandOptions;
      const { environment, messages, output } = surroundings;
      const measured = wantsEmbeddedMetrics(environment) && options.copy === undefined;
      const status = await withConfiguration(surroundings, options, "nothing was changed", async ({ config, store, layout, json }) => {
        const found = await readStatus({ config, store, layout, withLeftovers: options.leftovers === true });
        const { good, proven } = found.newest;
        const ages = { checked: good?.ageSeconds ?? null, proven: proven?.ageSeconds ?? null };
        if (measured) messages.write(ageMetricLine(config.cluster, ages, found.at) ?? "");
        printResult(surroundings, json, found, () =>
          describeStatus(found, paintFor(output, environment), showsBlocks(output, environment)),
        );
        return found;
      });
      finish(status.ok ? ExitCode.Done : ExitCode.Suspicious);
    });
};

const HELP = `
Targets are objectives.rpo and objectives.provenWithin of the configuration. The exit code is 0 when every target that is set is met and nothing else
calls for a person, else 80: the status could be read, and somebody has to look. Nothing is changed, and no server is reached but the store's.

With PGKEEP_METRICS=emf, this command and each backup and drill write the ages of the newest recovery points to standard error, as one line in CloudWatch's
embedded metric format.

Example:
  $ pgkeep status
  $ pgkeep status --json | jq '.findings, .requests'`;
