import { ExitCode, standingOf, takenAt } from "@pgkeep/core";
import { paintFor } from "../terminal/paint.js";
import { readSnapshotSets } from "../volumeSnapshots/readSnapshotSets.js";
import type { AddCommand } from "./commandLine.js";
import { describeSnapshotSets } from "./describeVolumeSnapshots.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withVolumeSnapshots } from "./withVolumeSnapshots.js";

export const addSnapshotList: AddCommand = (snapshot, surroundings, finish) => {
  const { environment, output } = surroundings;
  snapshot
    .command("list")
    .description("List the sets of volume snapshots that a schedule took in Kubernetes, and what each is worth.")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      await withVolumeSnapshots(surroundings, options, "nothing was changed", async ({ api, config, json }) => {
        const now = new Date();
        const judged = (await readSnapshotSets(api, config)).map((set) => standingOf(set, config, now));
        const sets = judged.map(({ set, standing, reason }) => ({ ...set, standing, reason, takenAt: takenAt(set) }));
        const place = { schedule: config.name, namespace: config.namespace };
        printResult(surroundings, json, { ...place, sets }, () => describeSnapshotSets(place, judged, paintFor(output, environment)));
      });
      finish(ExitCode.Done);
    });
};

const HELP = `
good: judged when it was taken, and still whole. damaged: was good, and is not now; it counts for nothing, and nobody removes it. failed: never was good.
running: nobody judged it yet. removing: its removal began.

Example:
  $ pgkeep snapshot list --config snapshots.yaml
  $ pgkeep snapshot list --config snapshots.yaml --json | jq -r '[.sets[] | select(.standing == "good")] | last | .members[].name'`;
