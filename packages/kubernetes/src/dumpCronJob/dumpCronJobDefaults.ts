import { agentLabels } from "../agentPod/agentPodDefaults.js";

/** What a dump is where its arguments say nothing. */
export const DUMP_CRON_JOB_DEFAULTS = {
  databasePort: 5432,
  /** After a try that was killed, as whichever of them, at least 320 s of Kubernetes' growing waits are left: the store's lock outlives it by 300 s at most. */
  retries: 6,
  successfulJobs: 3,
  failedJobs: 5,
  parallel: 2,
} as const;

/** Labels by which policies know the Pods of a dump. */
export function dumpLabels(cronJobName: string): Record<string, string> {
  return agentLabels("dump", cronJobName);
}
