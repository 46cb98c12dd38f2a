import {
  argumentProblems,
  CRON_JOB_NAME_FORM,
  cronJobNameProblem,
  DEADLINE_FORM,
  isDeferred,
  LEAST_SCRATCH_MEMORY,
  mebibytes,
  type Problem,
  parseDeadline,
  parseQuantity,
} from "@pgkeep/core";
import { knownConfigurationProblems } from "../agentPod/agentConfiguration.js";
import { eachPlaceOnce } from "../agentPod/agentPodDefaults.js";
import { agentPodProblems, imageProblem } from "../agentPod/agentPodProblems.js";
import { readConfigurationText } from "../agentPod/configurationText.js";
import { knownResourceProblems } from "../agentPod/settleResources.js";
import { knownSlotTimes } from "../agentPod/slotTimes.js";
import { identityProblems } from "./drillIdentity.js";
import { drillMemoryNeed, drillResources } from "./drillMemoryNeed.js";
import { drillSchema } from "./drillSchema.js";
import type { KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";
import { scratchProblems } from "./scratchProblems.js";

/** Everything that is wrong with the arguments, as far as they are known before the deployment. */
export function drillProblems(name: string, args: KubernetesRestoreDrillArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(drillSchema, args);
  if (!wellFormed) return problems;
  const { scratchServer, allowImageTag, keepFinished } = args;
  const further = [
    ...nameProblems(name, args),
    ...agentPodProblems(args),
    ...(scratchServer === undefined || isDeferred(scratchServer.image)
      ? []
      : imageProblem("scratchServer.image", scratchServer.image as string, allowImageTag)),
    ...scratchProblems(args),
    ...knownSlotTimes(args).problems,
    ...knownResourceProblems(drillResources(args), drillMemoryNeed(args)),
    ...(scratchServer?.memory === undefined || isDeferred(scratchServer.memory)
      ? []
      : scratchMemoryProblems(scratchServer.memory as string)),
    ...(keepFinished === undefined || isDeferred(keepFinished) ? [] : keepFinishedProblems(keepFinished as string)),
    ...configurationProblems(args),
  ];
  return eachPlaceOnce(problems, further);
}

function nameProblems(name: string, { cronJobName }: KubernetesRestoreDrillArgs): Problem[] {
  const reason = cronJobNameProblem(cronJobName ?? name);
  if (reason === undefined) return [];
  const next = cronJobName === undefined ? { next: "give another cronJobName: it defaults to the component's own name" } : {};
  return [{ where: "cronJobName", received: JSON.stringify(cronJobName ?? name), allowed: CRON_JOB_NAME_FORM, reason, ...next }];
}

function configurationProblems(args: KubernetesRestoreDrillArgs): Problem[] {
  const { configuration } = args;
  const problems = knownConfigurationProblems("configuration", configuration);
  if (problems.length > 0 || typeof configuration !== "string") return problems;
  return identityProblems(args, readConfigurationText("configuration", configuration) as never);
}

/** What is wrong with how long Jobs are kept. */
export function keepFinishedProblems(text: string): Problem[] {
  if ((parseDeadline(text) ?? 1) % 1000 === 0) return [];
  const allowed = `${DEADLINE_FORM}, in whole seconds`;
  return [{ where: "keepFinished", received: JSON.stringify(text), allowed, reason: "this is no time that Jobs can be kept for" }];
}

/** What is wrong with the memory of a scratch server. An amount that is none is told elsewhere. */
export function scratchMemoryProblems(memory: string): Problem[] {
  if ((parseQuantity(memory) ?? Number.POSITIVE_INFINITY) >= LEAST_SCRATCH_MEMORY) return [];
  const reason = "the scratch server would be killed in the midst of a restore";
  return [
    {
      where: "scratchServer.memory",
      received: memory,
      allowed: `${mebibytes(LEAST_SCRATCH_MEMORY)} or more`,
      reason,
      next: "give it more",
    },
  ];
}
