import { dirname } from "node:path";
import { type AgentConfig, parseAgentConfig } from "@pgkeep/core";
import { absolutePaths } from "./absolutePaths.js";
import { type ConfigurationPlace, readConfigurationFile } from "./configurationFile.js";
import { parseYaml } from "./parseYaml.js";

/** A configuration and the absolute path of its file. */
export interface LoadedConfiguration {
  path: string;
  config: AgentConfig;
}

/**
 * Finds, reads and checks the configuration; paths in it become absolute, relative to its own folder. Throws a ProblemError that holds everything
 * that is wrong, each with its line. Reaches no server and reads no secret.
 */
export async function loadConfiguration(place: ConfigurationPlace): Promise<AgentConfig> {
  return (await loadConfigurationFile(place)).config;
}

/** As loadConfiguration, and tells which file it was. */
export async function loadConfigurationFile(place: ConfigurationPlace): Promise<LoadedConfiguration> {
  const { path, text } = await readConfigurationFile(place);
  const { value, locate } = parseYaml(text, path);
  return { path, config: absolutePaths(parseAgentConfig(value, locate), dirname(path), place.env.HOME) };
}
