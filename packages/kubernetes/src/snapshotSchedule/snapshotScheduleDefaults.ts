import { LONGEST_CRON_JOB_NAME, VolumeSnapshotMode } from "@pgkeep/core";
import { agentLabels } from "../agentPod/agentPodDefaults.js";
import type { MemoryNeed } from "../agentPod/settleResources.js";

/** What a schedule of snapshots is where its arguments say nothing. */
export const SNAPSHOT_SCHEDULE_DEFAULTS = {
  successfulJobs: 3,
  failedJobs: 5,
  watchdogMinutes: 5,
} as const;

/** How often a run is tried again, where nobody says otherwise. */
export function usualRetries(mode: VolumeSnapshotMode): number {
  return mode === VolumeSnapshotMode.Quiesce ? 1 : 3;
}

/** The minutes that divide an hour: with others the last look of an hour and the first of the next would lie apart otherwise. */
export const WATCHDOG_MINUTES: readonly number[] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];

/** What the program and Kubernetes' client take by themselves. */
export const SNAPSHOT_MEMORY: MemoryNeed = {
  bytes: 256 * 2 ** 20,
  text: "256Mi",
  reason: "the agent would be killed in its midst (exit code 137), perhaps while something is stopped",
  next: "give it more",
};

const WATCHDOG_SUFFIX = "-resume";

/** What the CronJob of the watchdog is called. */
export function watchdogName(scheduleName: string): string {
  return `${scheduleName}${WATCHDOG_SUFFIX}`;
}

/** How long a schedule's name may be, so that its CronJobs can have theirs. */
export function longestScheduleName(mode: VolumeSnapshotMode): number {
  return LONGEST_CRON_JOB_NAME - (mode === VolumeSnapshotMode.Quiesce ? WATCHDOG_SUFFIX.length : 0);
}

/** Labels by which the policy knows the Pods of a schedule and of its watchdog. */
export function snapshotLabels(scheduleName: string): Record<string, string> {
  return agentLabels("snapshot", scheduleName);
}
