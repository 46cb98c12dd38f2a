export { SslMode } from "@pgkeep/core";
export * from "./snapshotClass/SnapshotClass.js";
export * from "./snapshotClass/SnapshotClassArgs.js";
export * from "./velero/VeleroSchedule.js";
export * from "./velero/VeleroScheduleArgs.js";
