import { resolve } from "node:path";
import { ExitCode } from "@pgkeep/core";
import { readRecoveryPoints } from "../manifest/history.js";
import { readManifest } from "../manifest/readManifest.js";
import { resolveId } from "../manifest/resolveId.js";
import { writeWhole } from "../report/writeWhole.js";
import { collectRunbook } from "../runbook/collectRunbook.js";
import { runbookMarkdown } from "../runbook/runbookMarkdown.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withConfiguration } from "./withConfiguration.js";

interface RunbookCommandOptions extends GlobalOptions {
  output?: string;
}

export const addRunbook: AddCommand = (program, surroundings, finish) => {
  program
    .command("runbook")
    .argument("[id]", "recovery point: an id, `latest` or `latest-proven` (default: the newest proven, else the newest)")
    .description("Write down how to restore exactly this configuration, with pgkeep and without it, and what to do by what is gone.")
    .option("--output <file>", "into this file, readable by its owner only, instead of standard output")
    .addHelpText("after", HELP)
    .action(async (idOrAlias: string | undefined, _options, command) => {
      const options = command.optsWithGlobals() as RunbookCommandOptions;
      const whole = await withConfiguration(surroundings, options, "no page was written", async (invocation) => {
        const { config, store, layout, reporter, json } = invocation;
        const recoveryPoints = (await readRecoveryPoints(store, layout)).filter(({ removing }) => !removing);
        const someProven = recoveryPoints.some(({ good, proven }) => good && proven);
        const id = await resolveId(store, layout, idOrAlias ?? (someProven ? "latest-proven" : "latest"));
        const manifest = await readManifest(store, layout, id, config.signing?.publicKeys ?? []);
        const runbook = await collectRunbook({
          config,
          store,
          layout,
          manifest,
          recoveryPoints,
          ...(options.copy === undefined ? {} : { copy: options.copy }),
        });
        for (const warning of runbook.warnings) reporter.warning(warning);
        const page = runbookMarkdown(runbook);
        if (options.output === undefined) printResult(surroundings, json, runbook, () => page);
        else {
          const path = resolve(surroundings.folder, options.output);
          await writeWhole(path, page);
          printResult(surroundings, json, { ...runbook, path }, () => `${path}: how to restore ${id}`);
        }
        return runbook.missing.length === 0;
      });
      finish(whole ? ExitCode.Done : ExitCode.DataWrong);
    });
};

const HELP = `
The page is Markdown, names the places of keys and never a key, and lists the objects of one recovery point with their sha256. Write it anew after
each drill, print it, and keep it where a fire that takes the machine does not take it too. Exit code 65 where an object that it names is missing.

Example:
  $ pgkeep runbook --output RUNBOOK.md
  $ pgkeep runbook latest | less`;
