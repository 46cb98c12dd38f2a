import {
  type AgentConfigInput,
  activeDeadline,
  type CronJobTimes,
  cronJobTimes,
  type Problem,
  startingDeadlineProblem,
} from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { imageProblem } from "../agentPod/agentPodProblems.js";
import { type SettledResources, settleResources } from "../agentPod/settleResources.js";
import { argumentsError } from "../argumentsError.js";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { configurationProblems, configurationTree } from "./dumpCronJobConfiguration.js";
import { DUMP_CRON_JOB_DEFAULTS } from "./dumpCronJobDefaults.js";
import { dumpMemoryNeed } from "./dumpCronJobProblems.js";

/** A dump's arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledDumpCronJob {
  name: string;
  config: pulumi.Output<AgentConfigInput>;
  times: pulumi.Output<CronJobTimes>;
  activeDeadlineSeconds: pulumi.Output<number>;
  startingDeadlineSeconds: pulumi.Output<number>;
  resources: pulumi.Output<SettledResources>;
  image: pulumi.Output<string>;
  /** Of the sidecars, in their order. */
  sidecarImages: pulumi.Output<string>[];
}

export function settleDumpCronJob(name: string, args: DumpCronJobArgs): SettledDumpCronJob {
  const refuse = (problems: Problem[]) => {
    if (problems.length > 0) throw argumentsError("DumpCronJob", name, problems);
  };
  const { sidecars = [] } = args;
  const pinned = (where: string, image: pulumi.Input<string>) =>
    pulumi.output(image).apply((text) => {
      refuse(imageProblem(where, text, args.allowImageTag));
      return text;
    });
  const times = pulumi.all([args.schedule, args.timeZone ?? DUMP_CRON_JOB_DEFAULTS.timeZone]).apply(([text, zone]): CronJobTimes => {
    const { times: known, problems } = cronJobTimes("schedule", text, zone);
    refuse(problems);
    return known as CronJobTimes;
  });
  return {
    name: args.cronJobName ?? name,
    config: pulumi.output(configurationTree(args)).apply((tree) => {
      refuse(configurationProblems(tree));
      return tree as unknown as AgentConfigInput;
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
    resources: settleResources(
      args.resources ?? {},
      pulumi.output(args.dump?.parallel ?? DUMP_CRON_JOB_DEFAULTS.parallel).apply(dumpMemoryNeed),
      refuse,
    ),
    image: pinned("image", args.image),
    sidecarImages: sidecars.map(({ image }, index) => pinned(`sidecars[${index}].image`, image)),
  };
}
