export { SslMode } from "@pgkeep/core";
export * from "./agentTask/AgentTaskArgs.js";
