export { SslMode } from "@pgkeep/core";
export * from "./agentTask/AgentTaskArgs.js";
export * from "./backupPlan/BackupPlan.js";
export * from "./backupPlan/BackupPlanArgs.js";
export { backupPresetRules } from "./backupPlan/backupPresets.js";
export * from "./snapshots/PreDeploySnapshot.js";
export * from "./snapshots/PreDeploySnapshotArgs.js";
