import { type AgentConfig, formatAgentConfig } from "@pgkeep/core";
import { stringify } from "yaml";

/**
 * The configuration in force as YAML, with every default written out. It is a configuration itself: read again it means the same. It holds no
 * secret, because none is accepted into a configuration.
 */
export function printConfiguration(config: AgentConfig): string {
  return stringify(formatAgentConfig(config), { lineWidth: 140, compat: "yaml-1.1" });
}
