import {
  type Problem,
  parseVolumeSnapshotConfig,
  type VolumeSnapshotConfig,
  type VolumeSnapshotRight,
  volumeSnapshotRights,
} from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { settleImage } from "../agentPod/settleImages.js";
import { type SettledResources, settleResources } from "../agentPod/settleResources.js";
import { type SlotTimes, settleSlotTimes } from "../agentPod/slotTimes.js";
import { argumentsError } from "../argumentsError.js";
import type { SnapshotScheduleArgs } from "./SnapshotScheduleArgs.js";
import { snapshotTree, snapshotTreeProblems, tooShortProblem } from "./snapshotScheduleConfiguration.js";
import { SNAPSHOT_MEMORY, SNAPSHOT_SCHEDULE_DEFAULTS } from "./snapshotScheduleDefaults.js";

/** A schedule's arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledSnapshotSchedule extends SlotTimes {
  name: string;
  /** The document for the agent, as it was written. */
  document: pulumi.Output<string>;
  config: pulumi.Output<VolumeSnapshotConfig>;
  rights: pulumi.Output<VolumeSnapshotRight[]>;
  watchdogMinutes: pulumi.Output<number>;
  resources: pulumi.Output<SettledResources>;
  image: pulumi.Output<string>;
}

export function settleSnapshotSchedule(name: string, args: SnapshotScheduleArgs): SettledSnapshotSchedule {
  const refuse = (problems: Problem[]) => {
    if (problems.length > 0) throw argumentsError("SnapshotSchedule", name, problems);
  };
  const scheduleName = args.scheduleName ?? name;
  const tree = pulumi.output(snapshotTree(scheduleName, args)).apply((known) => {
    refuse(snapshotTreeProblems(known));
    return known;
  });
  const config = tree.apply((known) => parseVolumeSnapshotConfig(known));
  const slots = settleSlotTimes(args, refuse);
  return {
    name: scheduleName,
    document: tree.apply((known) => JSON.stringify(known)),
    config,
    rights: config.apply(volumeSnapshotRights),
    ...slots,
    activeDeadlineSeconds: pulumi.all([slots.activeDeadlineSeconds, config]).apply(([seconds, judged]) => {
      refuse(tooShortProblem(judged, args.deadline === undefined ? "schedule" : "deadline", seconds));
      return seconds;
    }),
    watchdogMinutes: pulumi.output(args.watchdogMinutes ?? SNAPSHOT_SCHEDULE_DEFAULTS.watchdogMinutes),
    resources: settleResources(args.resources ?? {}, SNAPSHOT_MEMORY, refuse),
    image: settleImage("image", args.image, args.allowImageTag, refuse),
  };
}
