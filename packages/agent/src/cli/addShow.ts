import { ExitCode } from "@pgkeep/core";
import { readHistory } from "../manifest/history.js";
import { readManifest } from "../manifest/readManifest.js";
import { resolveId } from "../manifest/resolveId.js";
import type { AddCommand } from "./commandLine.js";
import { describeManifest } from "./describeManifest.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withConfiguration } from "./withConfiguration.js";

export const addShow: AddCommand = (program, surroundings, finish) => {
  program
    .command("show")
    .argument("[id]", "recovery point: an id, `latest` or `latest-proven`", "latest")
    .description("Show one recovery point: what it holds, at which instant, and what was proven about it.")
    .addHelpText("after", HELP)
    .action(async (idOrAlias: string, _options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      await withConfiguration(surroundings, options, "nothing was changed", async ({ config, store, layout, json }) => {
        const id = await resolveId(store, layout, idOrAlias);
        const manifest = await readManifest(store, layout, id, config.signing?.publicKeys ?? []);
        const { recoveryPoints } = await readHistory(store, layout);
        const drills = recoveryPoints.find((point) => point.id === id)?.drills ?? [];
        printResult(surroundings, json, { manifest, drills }, () => describeManifest(manifest, drills));
      });
      finish(ExitCode.Done);
    });
};

const HELP = `
Example:
  $ pgkeep show
  $ pgkeep show 20261121T020000Z-4f9k2m1x --json | jq .manifest.databases[].tables`;
