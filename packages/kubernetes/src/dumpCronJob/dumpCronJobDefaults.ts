import { agentLabels } from "../agentPod/agentPodDefaults.js";

/** What a dump is where its arguments say nothing. */
export const DUMP_CRON_JOB_DEFAULTS = {
  timeZone: "UTC",
  databasePort: 5432,
  retries: 5,
  successfulJobs: 3,
  failedJobs: 5,
  parallel: 2,
} as const;

/** Labels by which policies know the Pods of a dump. */
export function dumpLabels(cronJobName: string): Record<string, string> {
  return agentLabels("dump", cronJobName);
}
