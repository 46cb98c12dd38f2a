import { z } from "zod";
import { type AgentConfig, type AgentConfigInput, agentConfigSchema } from "./agentConfig.js";

/** The configuration as it would be written with nothing left to defaults; `parseAgentConfig` reads it back as the same. */
export function formatAgentConfig(config: AgentConfig): AgentConfigInput {
  return z.encode(agentConfigSchema, config);
}
