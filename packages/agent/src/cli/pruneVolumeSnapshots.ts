import { ExitCode, planVolumeSnapshots, standingOf } from "@pgkeep/core";
import { paintFor } from "../terminal/paint.js";
import { pruneSnapshotSets } from "../volumeSnapshots/pruneSnapshotSets.js";
import { readSnapshotSets } from "../volumeSnapshots/readSnapshotSets.js";
import { describeSetPruning, describeVolumePlan } from "./describeVolumeSnapshots.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import type { Surroundings } from "./Surroundings.js";
import { withVolumeSnapshots } from "./withVolumeSnapshots.js";

/** `pgkeep snapshot prune` of a schedule in Kubernetes. */
export async function pruneVolumeSnapshots(surroundings: Surroundings, options: GlobalOptions & { dryRun?: boolean }): Promise<ExitCode> {
  const meaning = "the sets that were removed until then are gone; one whose removal began is ended by the next pruning";
  return await withVolumeSnapshots(surroundings, options, meaning, async ({ api, config, reporter, json }) => {
    const sets = await readSnapshotSets(api, config);
    const { environment, output } = surroundings;
    if (options.dryRun === true) {
      const now = new Date();
      const plan = planVolumeSnapshots(sets, config, now);
      printResult(surroundings, json, { plan, removed: [] }, () => {
        const judged = sets.map((set) => standingOf(set, config, now));
        return describeVolumePlan(config, judged, plan, paintFor(output, environment));
      });
      return plan.retention?.stopped ? ExitCode.Suspicious : ExitCode.Done;
    }
    const pruning = await pruneSnapshotSets(api, config, sets, reporter);
    printResult(surroundings, json, pruning, () => describeSetPruning(pruning));
    return pruning.plan.retention?.stopped ? ExitCode.Suspicious : ExitCode.Done;
  });
}
