import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { SlotTimes } from "./slotTimes.js";

/** A CronJob of the agent: when its Jobs begin, how many are kept, and what they are. */
export interface AgentCronJob {
  slots: SlotTimes;
  suspend: pulumi.Input<boolean> | undefined;
  successfulJobs: pulumi.Input<number>;
  failedJobs: pulumi.Input<number>;
  labels: pulumi.Input<Record<string, pulumi.Input<string>>>;
  job: kubernetes.types.input.batch.v1.JobSpec;
}

/** None runs beside another; a slot that is too late is left out. */
export function agentCronJobSpec({ slots, suspend, successfulJobs, failedJobs, labels, job }: AgentCronJob) {
  return {
    schedule: slots.times.schedule,
    // Without it the zone of whatever machine the controller is on would count.
    timeZone: slots.times.timeZone,
    concurrencyPolicy: "Forbid",
    suspend: suspend ?? false,
    startingDeadlineSeconds: slots.startingDeadlineSeconds,
    successfulJobsHistoryLimit: successfulJobs,
    failedJobsHistoryLimit: failedJobs,
    jobTemplate: { metadata: { labels }, spec: job },
  };
}
