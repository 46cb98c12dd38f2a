import { ExitCode, POD_UID_VARIABLE, spreadOf, takenAt } from "@pgkeep/core";
import { runIdentity } from "../configuration/runIdentity.js";
import { pruneSnapshotSets } from "../volumeSnapshots/pruneSnapshotSets.js";
import { readSnapshotSets } from "../volumeSnapshots/readSnapshotSets.js";
import { takeSnapshots } from "../volumeSnapshots/takeSnapshots.js";
import type { AddCommand } from "./commandLine.js";
import { describeTaking } from "./describeVolumeSnapshots.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withVolumeSnapshots } from "./withVolumeSnapshots.js";

export const addSnapshotTake: AddCommand = (snapshot, surroundings, finish) => {
  const { environment } = surroundings;
  snapshot
    .command("take")
    .description("Take a set of volume snapshots in Kubernetes, wait until it is good, and remove what the schedule's policy lets go.")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      const meaning = "what was stopped is brought back; a set that was begun counts for nothing until another try of this run ends it";
      const exitCode = await withVolumeSnapshots(surroundings, options, meaning, async ({ api, config, reporter, signal, json }) => {
        const identity = runIdentity(environment);
        const named = Boolean(environment.PGKEEP_RUN_ID);
        const pod = environment[POD_UID_VARIABLE];
        const taking = await takeSnapshots({ api, config, identity, named, pod, reporter, signal });
        const pruning = await pruneSnapshotSets(api, config, await readSnapshotSets(api, config), reporter);
        const document = { ...taking, takenAt: takenAt(taking.set), spreadMilliseconds: spreadOf(taking.set), pruning };
        printResult(surroundings, json, document, () => describeTaking(taking, pruning));
        return pruning.plan.retention?.stopped ? ExitCode.Suspicious : ExitCode.Done;
      });
      finish(exitCode);
    });
};

const HELP = `
What to take stands in PGKEEP_SNAPSHOTS_YAML, as SnapshotSchedule writes it, or in the file of --config. The cluster is KUBECONFIG's, else that of the Pod.

A set is good once each claim has one snapshot and nothing else has, all are ready, bound both ways and without an error, and those of a group were cut
within maxSpread; what was stopped must have stayed so. Anything else is marked as failed: exit code 65 where another try would end the same, 75 where the
storage was too slow. 69: the API server cannot be reached. 73: a ResourceQuota. 77: a right is missing, which is named. 78: the claims, the workloads or
the API's version are not there. 80: the set is good, and retention stopped.

Example:
  $ pgkeep snapshot take --config snapshots.yaml`;
