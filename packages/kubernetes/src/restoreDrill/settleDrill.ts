import {
  type AgentConfigInput,
  activeDeadline,
  type CronJobTimes,
  cronJobTimes,
  type Problem,
  startingDeadlineProblem,
} from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { settleConfiguration } from "../agentPod/agentConfiguration.js";
import { imageProblem } from "../agentPod/agentPodProblems.js";
import { type SettledResources, settleResources } from "../agentPod/settleResources.js";
import { argumentsError } from "../argumentsError.js";
import { DRILL_DEFAULTS } from "./drillDefaults.js";
import { identityProblems } from "./drillIdentity.js";
import { drillMemoryNeed, drillResources } from "./drillMemoryNeed.js";
import { scratchMemoryProblems } from "./drillProblems.js";
import type { KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";

/** A drill's arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledDrill {
  name: string;
  /** As the backup has it. */
  config: pulumi.Output<AgentConfigInput>;
  times: pulumi.Output<CronJobTimes>;
  activeDeadlineSeconds: pulumi.Output<number>;
  startingDeadlineSeconds: pulumi.Output<number>;
  resources: pulumi.Output<SettledResources>;
  image: pulumi.Output<string>;
  scratchImage: pulumi.Output<string> | undefined;
}

export function settleDrill(name: string, args: KubernetesRestoreDrillArgs): SettledDrill {
  const refuse = (problems: Problem[]) => {
    if (problems.length > 0) throw argumentsError("KubernetesRestoreDrill", name, problems);
  };
  const pinned = (where: string, image: pulumi.Input<string>, more: pulumi.Input<Problem[]> = []) =>
    pulumi.all([image, more]).apply(([text, others]) => {
      refuse([...imageProblem(where, text, args.allowImageTag), ...others]);
      return text;
    });
  const times = pulumi.all([args.schedule, args.timeZone ?? DRILL_DEFAULTS.timeZone]).apply(([text, zone]): CronJobTimes => {
    const { times: known, problems } = cronJobTimes("schedule", text, zone);
    refuse(problems);
    return known as CronJobTimes;
  });
  const { scratchServer } = args;
  const scratchMemory = pulumi
    .output(scratchServer?.memory ?? DRILL_DEFAULTS.scratchMemory)
    .apply((memory) => scratchMemoryProblems(memory));
  return {
    name: args.cronJobName ?? name,
    config: settleConfiguration("KubernetesRestoreDrill", name, args.configuration).apply((config) => {
      refuse(identityProblems(args, config));
      return config as never;
    }),
    times,
    activeDeadlineSeconds: pulumi.all([times, args.deadline]).apply(([known, deadline]) => {
      if (deadline === undefined) return known.activeDeadlineSeconds;
      const { seconds, problems } = activeDeadline("deadline", deadline, known);
      refuse(problems);
      return seconds as number;
    }),
    startingDeadlineSeconds: pulumi.all([times, args.startingDeadlineSeconds]).apply(([known, seconds]) => {
      if (seconds === undefined) return known.startingDeadlineSeconds;
      const problem = startingDeadlineProblem("startingDeadlineSeconds", seconds, known);
      refuse(problem === undefined ? [] : [problem]);
      return seconds;
    }),
    resources: settleResources(drillResources(args), drillMemoryNeed(args), refuse),
    image: pinned("image", args.image),
    scratchImage: scratchServer === undefined ? undefined : pinned("scratchServer.image", scratchServer.image, scratchMemory),
  };
}
