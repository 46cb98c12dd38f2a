import { type AgentConfigInput, argumentProblems, type Problem, parseDeadline } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { settleConfiguration } from "../agentPod/agentConfiguration.js";
import { imageProblem } from "../agentPod/agentPodProblems.js";
import { quantitySchema } from "../agentPod/agentPodSchema.js";
import { settleImage } from "../agentPod/settleImages.js";
import { type SettledResources, settleResources } from "../agentPod/settleResources.js";
import { type SlotTimes, settleSlotTimes } from "../agentPod/slotTimes.js";
import { argumentsError } from "../argumentsError.js";
import { DRILL_DEFAULTS } from "./drillDefaults.js";
import { identityProblems } from "./drillIdentity.js";
import { drillMemoryNeed, drillResources } from "./drillMemoryNeed.js";
import { keepFinishedProblems, scratchMemoryProblems } from "./drillProblems.js";
import { majorSchema, recoveryPointSchema } from "./drillSchema.js";
import type { KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";

/** A drill's arguments as they are used. What came as an Output is judged as soon as it is known, and stops the preview or the deployment. */
export interface SettledDrill extends SlotTimes {
  name: string;
  /** As the backup has it. */
  config: pulumi.Output<AgentConfigInput>;
  keepFinishedSeconds: pulumi.Output<number>;
  resources: pulumi.Output<SettledResources>;
  recoveryPoint: pulumi.Output<string>;
  /** Undefined where the arguments do not say it. */
  major: pulumi.Output<number> | undefined;
  /** Of the scratch volume. */
  size: pulumi.Output<string> | undefined;
  image: pulumi.Output<string>;
  scratchImage: pulumi.Output<string> | undefined;
}

export function settleDrill(name: string, args: KubernetesRestoreDrillArgs): SettledDrill {
  const refuse = (problems: Problem[]) => {
    if (problems.length > 0) throw argumentsError("KubernetesRestoreDrill", name, problems);
  };
  const judged = <Value>(where: string, schema: z.ZodType, value: pulumi.Input<Value>): pulumi.Output<Value> =>
    pulumi.output(value).apply((known) => {
      refuse(argumentProblems(schema, known).problems.map((problem) => ({ ...problem, where })));
      return known as Value;
    }) as pulumi.Output<Value>;
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
    ...settleSlotTimes(args, refuse),
    keepFinishedSeconds: pulumi.output(args.keepFinished ?? DRILL_DEFAULTS.keepFinished).apply((text) => {
      refuse(keepFinishedProblems(text));
      return (parseDeadline(text) ?? 0) / 1000;
    }),
    resources: settleResources(drillResources(args), drillMemoryNeed(args), refuse),
    recoveryPoint: judged("recoveryPoint", recoveryPointSchema, args.recoveryPoint ?? DRILL_DEFAULTS.recoveryPoint),
    major: args.major === undefined ? undefined : judged("major", majorSchema, args.major),
    size: args.scratchVolume === undefined ? undefined : judged("scratchVolume.size", quantitySchema, args.scratchVolume.size),
    image: settleImage("image", args.image, args.allowImageTag, refuse),
    scratchImage:
      scratchServer === undefined
        ? undefined
        : pulumi.all([scratchServer.image, scratchMemory]).apply(([text, ofMemory]) => {
            refuse([...imageProblem("scratchServer.image", text, args.allowImageTag), ...ofMemory]);
            return text;
          }),
  };
}
