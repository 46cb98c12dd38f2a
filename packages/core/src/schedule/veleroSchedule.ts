import { clockChangeNotes } from "./clockChangeNotes.js";
import { fiveFields } from "./fieldsText.js";
import { ROBFIG_HABITS } from "./kubernetesSchedule.js";
import type { Schedule } from "./runs.js";
import { isSameTimeZone } from "./timeZone.js";

/** The field of a Velero Schedule's spec (velero.io/v1). */
export interface VeleroCron {
  schedule: string;
  notes: string[];
}

/**
 * A schedule for Velero, which has no field for a time zone but reads CRON_TZ= before the fields, the very thing that a CronJob refuses. Versions up
 * to 1.14 do not (vmware-tanzu/velero#8224), nor does an image without time zone data (#9519).
 */
export function veleroSchedule(schedule: Schedule): VeleroCron {
  const { cron, timeZone } = schedule;
  const fields = fiveFields(cron);
  if (isSameTimeZone(timeZone, "UTC")) return { schedule: fields, notes: ["Velero's own Pod must run in UTC, as its image does"] };
  return {
    schedule: `CRON_TZ=${timeZone} ${fields}`,
    notes: [
      "a time zone needs Velero 1.15 or newer, in an image with time zone data",
      ...clockChangeNotes(schedule, { name: "Velero", ...ROBFIG_HABITS }),
    ],
  };
}
