import { clockChangeNotes } from "./clockChangeNotes.js";
import { fiveFields } from "./fieldsText.js";
import type { Schedule } from "./runs.js";

/** Fields of a CronJob's spec (batch/v1). */
export interface KubernetesSchedule {
  schedule: string;
  /** Kubernetes 1.27 or newer. Without it the zone of the controller would decide, and TZ= inside `schedule` is refused. */
  timeZone: string;
  /** Where it differs from what pgkeep itself would do. */
  notes: string[];
}

/** robfig/cron v3, as its own tests (spec_test.go) say: "2am nightly job (skipped)", "1am nightly job (runs twice)". */
export const ROBFIG_HABITS = { leavesOut: true, runsTwice: true, pauses: false };

/** A schedule for a Kubernetes CronJob. Everything can be expressed; Sunday is written as 0, for 7 is refused there. */
export function kubernetesSchedule(schedule: Schedule): KubernetesSchedule {
  return {
    schedule: fiveFields(schedule.cron),
    timeZone: schedule.timeZone,
    notes: clockChangeNotes(schedule, { name: "Kubernetes", ...ROBFIG_HABITS }),
  };
}
