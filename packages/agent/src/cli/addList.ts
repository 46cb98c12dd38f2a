import { ExitCode } from "@pgkeep/core";
import { listVersions } from "../application/listVersions.js";
import { readHistory } from "../manifest/history.js";
import { findNewerManifests } from "../manifest/newerManifests.js";
import { listHiddenPoints } from "../records/undelete.js";
import type { AddCommand } from "./commandLine.js";
import { describeHidden, describeHistory } from "./describeHistory.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { type ConfiguredInvocation, withConfiguration } from "./withConfiguration.js";

export const addList: AddCommand = (program, surroundings, finish) => {
  program
    .command("list")
    .description("List the recovery points, what was proven about them, and leftovers of runs that died.")
    .option("--deleted", "list what was deleted and is only hidden instead; `pgkeep undelete` brings it back")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions & { deleted?: boolean };
      await withConfiguration(surroundings, options, "nothing was changed", async (invocation: ConfiguredInvocation) => {
        const { config, store, layout, reporter, json } = invocation;
        const place = { cluster: config.cluster, store: store.description };
        if (options.deleted) {
          const hidden = await listHiddenPoints(store, layout);
          printResult(surroundings, json, { ...place, hidden }, () => describeHidden(config.cluster, store.description, hidden));
          return;
        }
        const history = await readHistory(store, layout);
        const newer = await findNewerManifests(
          store,
          layout,
          history.recoveryPoints.map(({ id }) => id),
        );
        for (const { id, problem } of newer) reporter.warning(`recovery point ${id}: ${problem}`, { id });
        // One more request for each, which only whoever reads the whole result needs.
        const versions = json
          ? await listVersions(
              store,
              layout,
              history.recoveryPoints.map(({ id }) => id),
            )
          : [];
        // A key that is there in every case, for whoever reads it by a program.
        const recoveryPoints = history.recoveryPoints.map((point, index) => ({
          ...point,
          pinned: point.pinned ?? null,
          ...versions[index],
        }));
        printResult(surroundings, json, { ...place, ...history, recoveryPoints, newer }, () =>
          describeHistory(config.cluster, store.description, history, newer),
        );
      });
      finish(ExitCode.Done);
    });
};

const HELP = `
A recovery point is \`checked\` once it committed and \`proven\` once a drill of it passed; \`suspicious\` when its rows or tables differ too much from
the ones before, until somebody accepts it.

Example:
  $ pgkeep list
  $ pgkeep list --json | jq -r '.recoveryPoints[] | select(.state == "proven") | .id'
  $ pgkeep list --deleted`;
