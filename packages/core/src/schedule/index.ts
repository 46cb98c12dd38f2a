export * from "./cloudNativePgSchedule.js";
export { type Cron, parseCron } from "./cron.js";
export * from "./crontabSchedule.js";
export * from "./eventBridgeSchedule.js";
export { type KubernetesSchedule, kubernetesSchedule } from "./kubernetesSchedule.js";
export { nextRun, nextRuns, previousRun, type Schedule } from "./runs.js";
export * from "./systemdSchedule.js";
export { isSameTimeZone, timeZoneProblem, timeZoneSchema } from "./timeZone.js";
export * from "./veleroSchedule.js";
