export { SslMode } from "@pgkeep/core";
export * from "./agentTask/AgentTaskArgs.js";
export * from "./snapshots/PreDeploySnapshot.js";
export * from "./snapshots/PreDeploySnapshotArgs.js";
