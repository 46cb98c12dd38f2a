import {
  activeDeadline,
  type CronJobTimes,
  cronJobTimes,
  type Problem,
  parseVolumeSnapshotConfig,
  startingDeadlineProblem,
  type VolumeSnapshotConfig,
  type VolumeSnapshotRight,
  volumeSnapshotRights,
} from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { imageProblem } from "../agentPod/agentPodProblems.js";
import { type SettledResources, settleResources } from "../agentPod/settleResources.js";
import { argumentsError } from "../argumentsError.js";
import type { SnapshotScheduleArgs } from "./SnapshotScheduleArgs.js";
import { snapshotTree, snapshotTreeProblems, tooShortProblem } from "./snapshotScheduleConfiguration.js";
import { SNAPSHOT_MEMORY, SNAPSHOT_SCHEDULE_DEFAULTS } from "./snapshotScheduleDefaults.js";

/** A schedule's arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledSnapshotSchedule {
  name: string;
  /** The document for the agent, as it was written. */
  document: pulumi.Output<string>;
  config: pulumi.Output<VolumeSnapshotConfig>;
  rights: pulumi.Output<VolumeSnapshotRight[]>;
  times: pulumi.Output<CronJobTimes>;
  activeDeadlineSeconds: pulumi.Output<number>;
  startingDeadlineSeconds: pulumi.Output<number>;
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
  const zone = args.timeZone ?? SNAPSHOT_SCHEDULE_DEFAULTS.timeZone;
  const times = pulumi.all([args.schedule, zone]).apply(([text, timeZone]): CronJobTimes => {
    const { times: known, problems } = cronJobTimes("schedule", text, timeZone);
    refuse(problems);
    return known as CronJobTimes;
  });
  return {
    name: scheduleName,
    document: tree.apply((known) => JSON.stringify(known)),
    config,
    rights: config.apply(volumeSnapshotRights),
    times,
    activeDeadlineSeconds: pulumi.all([times, args.deadline, config]).apply(([known, deadline, judged]) => {
      if (deadline === undefined) {
        refuse(tooShortProblem(judged, "schedule", known.activeDeadlineSeconds));
        return known.activeDeadlineSeconds;
      }
      const { seconds = 0, problems } = activeDeadline("deadline", deadline, known);
      refuse(problems.length > 0 ? problems : tooShortProblem(judged, "deadline", seconds));
      return seconds;
    }),
    startingDeadlineSeconds: pulumi.all([times, args.startingDeadlineSeconds]).apply(([known, seconds]) => {
      if (seconds === undefined) return known.startingDeadlineSeconds;
      const problem = startingDeadlineProblem("startingDeadlineSeconds", seconds, known);
      refuse(problem === undefined ? [] : [problem]);
      return seconds;
    }),
    watchdogMinutes: pulumi.output(args.watchdogMinutes ?? SNAPSHOT_SCHEDULE_DEFAULTS.watchdogMinutes),
    resources: settleResources(args.resources ?? {}, SNAPSHOT_MEMORY, refuse),
    image: pulumi.output(args.image).apply((text) => {
      refuse(imageProblem("image", text, args.allowImageTag));
      return text;
    }),
  };
}
