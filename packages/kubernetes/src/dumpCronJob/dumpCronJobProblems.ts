import {
  argumentProblems,
  CRON_JOB_NAME_FORM,
  cronJobNameProblem,
  isDeferred,
  leastDumpMemory,
  leastDumpMemoryText,
  type Problem,
  SslMode,
} from "@pgkeep/core";
import { eachPlaceOnce } from "../agentPod/agentPodDefaults.js";
import { agentPodProblems } from "../agentPod/agentPodProblems.js";
import { knownResourceProblems, type MemoryNeed } from "../agentPod/settleResources.js";
import { knownSlotTimes } from "../agentPod/slotTimes.js";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { configurationProblems, configurationTree, knownConfiguration } from "./dumpCronJobConfiguration.js";
import { DUMP_CRON_JOB_DEFAULTS } from "./dumpCronJobDefaults.js";
import { dumpCronJobSchema } from "./dumpCronJobSchema.js";

/** Everything that is wrong with the arguments, as far as they are known before the deployment. */
export function dumpCronJobProblems(name: string, args: DumpCronJobArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(dumpCronJobSchema, args);
  if (!wellFormed) return problems;
  const further = [
    ...nameProblems(name, args),
    ...agentPodProblems(args),
    ...signInProblems(args),
    ...knownSlotTimes(args).problems,
    ...memoryProblems(args),
    ...configurationProblems(knownConfiguration(configurationTree(args))),
  ];
  return eachPlaceOnce(problems, further);
}

function nameProblems(name: string, { cronJobName }: DumpCronJobArgs): Problem[] {
  const reason = cronJobNameProblem(cronJobName ?? name);
  if (reason === undefined) return [];
  return [
    {
      where: "cronJobName",
      received: JSON.stringify(cronJobName ?? name),
      allowed: CRON_JOB_NAME_FORM,
      reason,
      ...(cronJobName === undefined ? { next: "give another cronJobName: it defaults to the component's own name" } : {}),
    },
  ];
}

function signInProblems({ server, sidecars = [], tls = {} }: DumpCronJobArgs): Problem[] {
  const { passwordSecret, iamAuthentication = false, awsRegion } = server;
  if (iamAuthentication && passwordSecret !== undefined) {
    const reason = "a password and IAM are two ways to sign in, and RDS takes one of them from a role";
    return [{ where: "server.passwordSecret", reason, next: "remove one of the two" }];
  }
  if (awsRegion !== undefined && !iamAuthentication) {
    return [{ where: "server.awsRegion", reason: "only iamAuthentication needs it", next: "remove it, or set iamAuthentication: true" }];
  }
  // A proxy may sign in by itself, and without TLS the server may trust addresses.
  if (iamAuthentication || passwordSecret !== undefined || sidecars.length > 0 || tls.mode === SslMode.Disable) return [];
  return [
    {
      where: "server.passwordSecret",
      reason: "this is missing: nothing says how the agent signs in",
      next: "name the Secret and its key with the password, or set iamAuthentication: true",
    },
  ];
}

/** What dumps need beside each other. */
export function dumpMemoryNeed(parallel: number): MemoryNeed {
  return {
    bytes: leastDumpMemory(parallel),
    text: leastDumpMemoryText(parallel),
    reason: `a backup of ${parallel === 1 ? "one database" : `${parallel} databases at the same time`} would be killed in its midst (exit code 137), and each try again after it`,
    next: parallel > 1 ? "give it more, or lower dump.parallel" : "give it more",
  };
}

function memoryProblems({ resources = {}, dump = {} }: DumpCronJobArgs): Problem[] {
  if (isDeferred(dump.parallel)) return [];
  return knownResourceProblems(resources, dumpMemoryNeed((dump.parallel as number | undefined) ?? DUMP_CRON_JOB_DEFAULTS.parallel));
}
