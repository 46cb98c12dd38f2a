import { AgentTaskArchitecture } from "./AgentTaskArgs.js";

/** What a task is where its arguments say nothing. */
export const AGENT_TASK_DEFAULTS = {
  cpu: 1024,
  memory: 2048,
  architecture: AgentTaskArchitecture.X8664,
  platformVersion: "1.4.0",
  user: "65532:65532",
  stopTimeout: 120,
  logRetentionDays: 90,
  everywhere: "0.0.0.0/0",
} as const;

/** The container's name, which overrides name. */
export const AGENT_CONTAINER = "pgkeep";
