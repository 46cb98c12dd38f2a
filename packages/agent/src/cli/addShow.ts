import { ExitCode } from "@pgkeep/core";
import { readRecoveryPoints } from "../manifest/history.js";
import { readManifest } from "../manifest/readManifest.js";
import { resolveId } from "../manifest/resolveId.js";
import { readAcceptance } from "../records/acceptance.js";
import { readSuspicion } from "../records/suspicion.js";
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
        const point = (await readRecoveryPoints(store, layout)).find((listed) => listed.id === id);
        const suspicion = (await readSuspicion(store, layout, id)) ?? null;
        const acceptance = (await readAcceptance(store, layout, id)) ?? null;
        const { state = "checked", pinned = null, removing = false, drills = [] } = point ?? {};
        const result = { manifest, state, pinned, removing, suspicion, acceptance, drills };
        printResult(surroundings, json, result, () => describeManifest(manifest, { ...result, ...(point ? { point } : {}) }));
      });
      finish(ExitCode.Done);
    });
};

const HELP = `
Example:
  $ pgkeep show
  $ pgkeep show 20261121T020000Z-4f9k2m1x --json | jq .manifest.databases[].tables`;
