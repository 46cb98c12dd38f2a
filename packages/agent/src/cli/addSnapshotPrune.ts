import { ExitCode, ProblemError, parseDuration } from "@pgkeep/core";
import { InvalidArgumentError } from "commander";
import { pruneSnapshots, surveySnapshots } from "../rdsSnapshots/pruneSnapshots.js";
import { RdsSnapshots } from "../rdsSnapshots/RdsSnapshots.js";
import { rdsClient, regionOf } from "../rdsSnapshots/rdsClient.js";
import { paintFor } from "../terminal/paint.js";
import type { AddCommand } from "./commandLine.js";
import { describePruning, describeSnapshotPlan } from "./describeSnapshots.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { interruptibly } from "./withConfiguration.js";

interface SnapshotPruneOptions extends GlobalOptions {
  rds?: boolean;
  tag: { key: string; value: string };
  keep: number;
  olderThan?: number;
  yes?: boolean;
}

export const addSnapshotPrune: AddCommand = (program, surroundings, finish) => {
  const { environment, messages, output } = surroundings;
  program
    .command("prune")
    .description("Show which snapshots that bear a tag would be removed, and why the others stay; with --yes, remove them.")
    .option("--rds", "manual snapshots of RDS instances, in the Region that AWS_REGION names")
    .requiredOption("--tag <key=value>", "only snapshots that bear it are looked at", tag)
    .requiredOption("--keep <count>", "how many of each instance stay: the newest, at least 1", count)
    .option("--older-than <duration>", "leave what is younger than this, for example 30d, however many there are", duration)
    .option("--yes", "remove what would be removed, for good")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as SnapshotPruneOptions;
      assertKind(options);
      const region = regionOf(environment);
      const meaning = "the snapshots that were removed until then are gone, the others stay";
      const exitCode = await interruptibly(surroundings, options, meaning, async ({ reporter, signal, json }) => {
        const client = rdsClient(environment);
        try {
          const snapshots = new RdsSnapshots(client, region);
          const { tag, keep, olderThan } = options;
          const survey = await surveySnapshots(snapshots, { tag, keep, olderThan }, new Date(), signal);
          const plan = describeSnapshotPlan(survey, paintFor(json ? messages : output, environment));
          if (options.yes !== true) {
            const hint = survey.plan.remove.length === 0 ? "" : "\n\nNothing was removed. Run it again with --yes to remove them for good.";
            printResult(surroundings, json, { ...survey, removed: [], gone: [], stayed: [] }, () => `${plan}${hint}`);
            return ExitCode.Done;
          }
          (json ? messages : output).write(`${plan}\n\n`);
          const result = await pruneSnapshots(snapshots, survey, reporter, signal);
          printResult(surroundings, json, result, () => describePruning(result));
          return result.stayed.length === 0 ? ExitCode.Done : ExitCode.TryAgain;
        } finally {
          client.destroy();
        }
      });
      finish(exitCode);
    });
};

/** Others come: of volumes, by the side of --rds. */
function assertKind({ rds }: SnapshotPruneOptions): void {
  if (rds === true) return;
  throw new ProblemError(ExitCode.Usage, { where: "--rds", reason: "it is not said whose snapshots are meant", allowed: "--rds" });
}

function tag(text: string): SnapshotPruneOptions["tag"] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError("write a key and a value, for example pgkeep:pre-deploy=orders");
  return { key, value };
}

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError("write a whole number of at least 1: the newest snapshot is never removed");
  return Number(text);
}

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

const HELP = `
Without --yes nothing is removed. Never removed: the newest available snapshot of an instance, one that is not available, one without the tag, an
automated one. Needs no configuration. Exit code 75 where RDS did not let a snapshot go.

Example:
  $ AWS_REGION=eu-central-1 pgkeep snapshot prune --rds --tag pgkeep:pre-deploy=orders --keep 10
  $ AWS_REGION=eu-central-1 pgkeep snapshot prune --rds --tag pgkeep:pre-deploy=orders --keep 10 --older-than 30d --yes`;
