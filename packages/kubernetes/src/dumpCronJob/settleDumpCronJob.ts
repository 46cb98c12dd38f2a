import type { AgentConfigInput, Problem } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { settleImages } from "../agentPod/settleImages.js";
import { type SettledResources, settleResources } from "../agentPod/settleResources.js";
import { type SlotTimes, settleSlotTimes } from "../agentPod/slotTimes.js";
import { argumentsError } from "../argumentsError.js";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { configurationProblems, configurationTree } from "./dumpCronJobConfiguration.js";
import { DUMP_CRON_JOB_DEFAULTS } from "./dumpCronJobDefaults.js";
import { dumpMemoryNeed } from "./dumpCronJobProblems.js";

/** A dump's arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledDumpCronJob extends SlotTimes {
  name: string;
  config: pulumi.Output<AgentConfigInput>;
  resources: pulumi.Output<SettledResources>;
  image: pulumi.Output<string>;
  /** Of the sidecars, in their order. */
  sidecarImages: pulumi.Output<string>[];
}

export function settleDumpCronJob(name: string, args: DumpCronJobArgs): SettledDumpCronJob {
  const refuse = (problems: Problem[]) => {
    if (problems.length > 0) throw argumentsError("DumpCronJob", name, problems);
  };
  return {
    name: args.cronJobName ?? name,
    config: pulumi.output(configurationTree(args)).apply((tree) => {
      refuse(configurationProblems(tree));
      return tree as unknown as AgentConfigInput;
    }),
    ...settleSlotTimes(args, refuse),
    resources: settleResources(
      args.resources ?? {},
      pulumi.output(args.dump?.parallel ?? DUMP_CRON_JOB_DEFAULTS.parallel).apply(dumpMemoryNeed),
      refuse,
    ),
    ...settleImages(args, refuse),
  };
}
