import { ExitCode, ProblemError, parseDuration, type SnapshotRules } from "@pgkeep/core";
import { InvalidArgumentError } from "commander";
import { pruneSnapshots, surveySnapshots } from "../rdsSnapshots/pruneSnapshots.js";
import { RdsSnapshots } from "../rdsSnapshots/RdsSnapshots.js";
import { rdsClient, regionOf } from "../rdsSnapshots/rdsClient.js";
import { paintFor } from "../terminal/paint.js";
import type { AddCommand } from "./commandLine.js";
import { describePruning, describeSnapshotPlan } from "./describeSnapshots.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { pruneVolumeSnapshots } from "./pruneVolumeSnapshots.js";
import { interruptibly } from "./withConfiguration.js";

interface SnapshotPruneOptions extends GlobalOptions {
  rds?: boolean;
  tag?: { key: string; value: string };
  keep?: number;
  olderThan?: number;
  yes?: boolean;
  dryRun?: boolean;
}

export const addSnapshotPrune: AddCommand = (program, surroundings, finish) => {
  const { environment, messages, output } = surroundings;
  program
    .command("prune")
    .description(
      "Remove snapshots that nothing keeps: sets of a schedule in Kubernetes by its own policy, or those of RDS that bear a tag.",
    )
    .option("--dry-run", "sets of a schedule: show what would be removed and why the others stay; remove nothing")
    .option("--rds", "manual snapshots of RDS instances, in the Region that AWS_REGION names; without --yes they are only shown")
    .option("--tag <key=value>", "with --rds, needed: only snapshots that bear it are looked at", tag)
    .option("--keep <count>", "with --rds, needed: how many of each instance stay: the newest, at least 1", count)
    .option("--older-than <duration>", "with --rds: leave what is younger than this, for example 30d, however many there are", duration)
    .option("--yes", "with --rds: remove what would be removed, for good")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as SnapshotPruneOptions;
      if (options.rds !== true) {
        assertVolumes(options);
        finish(await pruneVolumeSnapshots(surroundings, options));
        return;
      }
      const rules = rdsRules(options);
      const region = regionOf(environment);
      const meaning = "the snapshots that were removed until then are gone, the others stay";
      const exitCode = await interruptibly(surroundings, options, meaning, async ({ reporter, signal, json }) => {
        const client = rdsClient(environment);
        try {
          const snapshots = new RdsSnapshots(client, region);
          const survey = await surveySnapshots(snapshots, rules, new Date(), signal);
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

/** What belongs to RDS means nothing to a schedule, whose policy says what stays. */
function assertVolumes({ tag, keep, olderThan, yes }: SnapshotPruneOptions): void {
  const given = Object.entries({ "--tag": tag, "--keep": keep, "--older-than": olderThan, "--yes": yes });
  const [first] = given.find(([, value]) => value !== undefined) ?? [];
  if (first === undefined) return;
  throw new ProblemError(ExitCode.Usage, {
    where: first,
    reason: "it is not said whose snapshots are meant: this is for those of RDS, and a schedule in Kubernetes has a policy of its own",
    allowed: "--rds beside it, or none of --tag, --keep, --older-than, --yes",
  });
}

function rdsRules({ tag, keep, olderThan, dryRun }: SnapshotPruneOptions): SnapshotRules {
  const usage = (where: string, reason: string, next: string) => new ProblemError(ExitCode.Usage, { where, reason, next });
  if (dryRun === true) throw usage("--dry-run", "with --rds nothing is removed anyway unless --yes is given", "leave it out");
  if (tag === undefined) throw usage("--tag", "it is not said which snapshots are meant", "add --tag key=value");
  if (keep === undefined) throw usage("--keep", "it is not said how many stay", "add --keep COUNT");
  return { tag, keep, olderThan };
}

function tag(text: string): SnapshotRules["tag"] {
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
Sets of a schedule: what \`retention\` and \`keepFailed\` in PGKEEP_SNAPSHOTS_YAML say, or in the file of --config. Never removed: the newest good set, one
that was good and is not now, one of another schedule. Exit code 80 where the newest set is not good, so that no good one goes.

With --rds: without --yes nothing is removed. Never removed: the newest available snapshot of an instance, one that is not available, one without the
tag, an automated one. Needs no configuration. Exit code 75 where RDS did not let a snapshot go.

Example:
  $ pgkeep snapshot prune --dry-run --config snapshots.yaml
  $ AWS_REGION=eu-central-1 pgkeep snapshot prune --rds --tag pgkeep:pre-deploy=orders --keep 10
  $ AWS_REGION=eu-central-1 pgkeep snapshot prune --rds --tag pgkeep:pre-deploy=orders --keep 10 --older-than 30d --yes`;
