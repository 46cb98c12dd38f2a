import { isDeferred, type Problem, parseQuantity } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { AGENT_POD_DEFAULTS } from "./agentPodDefaults.js";
import type { KubernetesDumpResourcesArgs } from "./KubernetesPodArgs.js";

/** Requests and limits as they are used. */
export interface SettledResources {
  memoryLimit: string;
  memoryRequest: string;
  cpuRequest: string;
  storageLimit: string;
  storageRequest: string;
}

/** The least memory that what a Pod does needs. */
export interface MemoryNeed {
  bytes: number;
  /** The same as Kubernetes writes it. */
  text: string;
  /** What happens below. */
  reason: string;
  /** What else than more memory would help. */
  next: string;
}

/** Judges the resources together with what they are needed for; what came as an Output is judged as soon as it is known. */
export function settleResources(
  given: KubernetesDumpResourcesArgs,
  need: pulumi.Input<MemoryNeed>,
  refuse: (problems: Problem[]) => void,
): pulumi.Output<SettledResources> {
  return pulumi.all([pulumi.output(given), pulumi.output(need)]).apply(([known, needed]) => {
    const settled = withDefaults(known);
    refuse(resourceProblems(settled, needed));
    return settled;
  });
}

/** The same for what is known before the deployment. */
export function knownResourceProblems(given: KubernetesDumpResourcesArgs, need: MemoryNeed): Problem[] {
  if (Object.values(given).some(isDeferred)) return [];
  return resourceProblems(withDefaults(given as Record<string, string | undefined>), need);
}

function withDefaults(given: {
  memoryLimit?: string | undefined;
  memoryRequest?: string | undefined;
  cpuRequest?: string | undefined;
  ephemeralStorageLimit?: string | undefined;
  ephemeralStorageRequest?: string | undefined;
}): SettledResources {
  const memoryLimit = given.memoryLimit ?? AGENT_POD_DEFAULTS.memoryLimit;
  return {
    memoryLimit,
    memoryRequest: given.memoryRequest ?? memoryLimit,
    cpuRequest: given.cpuRequest ?? AGENT_POD_DEFAULTS.cpuRequest,
    storageLimit: given.ephemeralStorageLimit ?? AGENT_POD_DEFAULTS.ephemeralStorageLimit,
    storageRequest: given.ephemeralStorageRequest ?? AGENT_POD_DEFAULTS.ephemeralStorageRequest,
  };
}

/** What is wrong with the memory beside what the agent needs, and with requests beside limits. Amounts that are no quantities are told elsewhere. */
function resourceProblems(given: Omit<SettledResources, "cpuRequest">, need: MemoryNeed): Problem[] {
  const [limit, request, storageLimit, storageRequest] = [
    given.memoryLimit,
    given.memoryRequest,
    given.storageLimit,
    given.storageRequest,
  ].map((text) => parseQuantity(text) ?? Number.NaN) as [number, number, number, number];
  const problems: Problem[] = [];
  if (limit < need.bytes) {
    const { reason, next } = need;
    problems.push({ where: "resources.memoryLimit", received: given.memoryLimit, allowed: `${need.text} or more`, reason, next });
  }
  const above = (where: string, received: string, allowed: string) =>
    problems.push({ where, received, allowed: `at most ${allowed}, the limit`, reason: "Kubernetes takes no request above the limit" });
  if (request > limit) above("resources.memoryRequest", given.memoryRequest, given.memoryLimit);
  if (storageRequest > storageLimit) above("resources.ephemeralStorageRequest", given.storageRequest, given.storageLimit);
  return problems;
}
