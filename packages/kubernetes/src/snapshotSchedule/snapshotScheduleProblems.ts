import {
  argumentProblems,
  cronJobNameProblem,
  isDeferred,
  type Problem,
  parseVolumeSnapshotConfig,
  VolumeSnapshotMode,
} from "@pgkeep/core";
import { eachPlaceOnce } from "../agentPod/agentPodDefaults.js";
import { agentPodProblems } from "../agentPod/agentPodProblems.js";
import { knownResourceProblems } from "../agentPod/settleResources.js";
import { knownSlotTimes } from "../agentPod/slotTimes.js";
import type { SnapshotScheduleArgs } from "./SnapshotScheduleArgs.js";
import { knownSnapshotTree, snapshotTree, snapshotTreeProblems, tooShortProblem } from "./snapshotScheduleConfiguration.js";
import { longestScheduleName, SNAPSHOT_MEMORY, watchdogName } from "./snapshotScheduleDefaults.js";
import { snapshotScheduleSchema } from "./snapshotScheduleSchema.js";

/** Everything that is wrong with the arguments, as far as they are known before the deployment. */
export function snapshotScheduleProblems(name: string, args: SnapshotScheduleArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(snapshotScheduleSchema, args);
  if (!wellFormed || problems.some(({ where }) => where === "mode")) return problems;
  const tree = knownSnapshotTree(snapshotTree(args.scheduleName ?? name, args));
  const ofTheDocument = snapshotTreeProblems(tree);
  const further = [
    ...nameProblems(name, args),
    ...agentPodProblems(args),
    ...scheduleProblems(args, ofTheDocument.length === 0 ? tree : undefined),
    ...ofTheDocument,
    ...watchdogProblems(args),
    ...knownResourceProblems(args.resources ?? {}, SNAPSHOT_MEMORY),
  ];
  return eachPlaceOnce(problems, further);
}

function nameProblems(name: string, { scheduleName, mode }: SnapshotScheduleArgs): Problem[] {
  const given = scheduleName ?? name;
  const longest = longestScheduleName(mode);
  const reason = cronJobNameProblem(given) ?? (given.length > longest ? tooLong(given) : undefined);
  if (reason === undefined) return [];
  return [
    {
      where: "scheduleName",
      received: JSON.stringify(given),
      allowed: `1 to ${longest} lower-case letters, digits and hyphens, with a letter or a digit at both ends`,
      reason,
      ...(scheduleName === undefined ? { next: "give another scheduleName: it defaults to the component's own name" } : {}),
    },
  ];
}

function tooLong(name: string): string {
  return `this name has ${name.length} characters, and the watchdog's CronJob, ${watchdogName(name)}, would have more than the 52 that Kubernetes takes`;
}

function scheduleProblems(args: SnapshotScheduleArgs, tree: unknown): Problem[] {
  const { problems, activeDeadlineSeconds } = knownSlotTimes(args);
  const lasting = [args.readyWithin, ...(args.mode === VolumeSnapshotMode.Quiesce ? [args.resumeWithin] : [])];
  if (tree === undefined || activeDeadlineSeconds === undefined || lasting.some(isDeferred)) return problems;
  const where = args.deadline === undefined ? "schedule" : "deadline";
  return [...problems, ...tooShortProblem(parseVolumeSnapshotConfig(tree), where, activeDeadlineSeconds)];
}

function watchdogProblems({ mode, watchdogMinutes, stoppedWithin, resumeWithin, maxSpread }: SnapshotScheduleArgs): Problem[] {
  const told = (where: string, value: unknown, reason: string, next: string): Problem[] =>
    value === undefined ? [] : [{ where, reason, next }];
  if (mode === VolumeSnapshotMode.Quiesce) return told("maxSpread", maxSpread, NOTHING_WRITES, "remove it, or use the mode group");
  const nothing = `nothing is stopped in mode ${mode}`;
  const next = "remove it, or use the mode quiesce";
  return [
    ...told("watchdogMinutes", watchdogMinutes, nothing, next),
    ...told("stoppedWithin", stoppedWithin, nothing, next),
    ...told("resumeWithin", resumeWithin, nothing, next),
    ...(mode === VolumeSnapshotMode.Single
      ? told("maxSpread", maxSpread, "a single volume is cut at one time", "remove it, or use the mode group")
      : []),
  ];
}

const NOTHING_WRITES = "while everything is stopped it does not matter how far apart the volumes are cut";
