export { RetentionEnforcer, RetentionPreset, SnapshotFallback, SslMode } from "@pgkeep/core";
export * from "./dumpCronJob/DumpCronJob.js";
export * from "./dumpCronJob/DumpCronJobArgs.js";
export * from "./dumpCronJob/KubernetesPodArgs.js";
export * from "./snapshotClass/SnapshotClass.js";
export * from "./snapshotClass/SnapshotClassArgs.js";
export * from "./velero/VeleroSchedule.js";
export * from "./velero/VeleroScheduleArgs.js";
