import { ExitCode } from "@pgkeep/core";
import { resumeWorkloads } from "../volumeSnapshots/resumeWorkloads.js";
import type { AddCommand } from "./commandLine.js";
import { describeResuming } from "./describeVolumeSnapshots.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withVolumeSnapshots } from "./withVolumeSnapshots.js";

export const addSnapshotResume: AddCommand = (snapshot, surroundings, finish) => {
  snapshot
    .command("resume")
    .description("Bring back the workloads that a run of `pgkeep snapshot take` left stopped.")
    .option("--now", "bring back also what a run holds that still lives; its set then fails")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions & { now?: boolean };
      const meaning = "workloads that were not brought back yet stay stopped";
      await withVolumeSnapshots(surroundings, options, meaning, async ({ api, config, reporter, json }) => {
        const result = await resumeWorkloads(api, config, reporter, { now: options.now === true });
        printResult(surroundings, json, result, () => describeResuming(result));
      });
      finish(ExitCode.Done);
    });
};

const HELP = `
A workload that is stopped bears what it was, who stopped it and until when. It is brought back once that run is over (its Pod has ended or is gone), or
resumeWithin is. What a run holds that lives is left alone, so that this may run every minute beside it.

Exit code 65 where an annotation cannot be read: nobody then knows how many replicas there were.

Example:
  $ pgkeep snapshot resume --config snapshots.yaml`;
