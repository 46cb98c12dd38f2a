import { type AgentConfig, parseAgentConfig } from "@pgkeep/core";
import { absolutePaths } from "./absolutePaths.js";
import { type ConfigurationPlace, type ConfigurationText, readConfigurationFile } from "./configurationFile.js";
import { parseYaml } from "./parseYaml.js";

/** A configuration, and where it was read. */
export interface LoadedConfiguration extends Pick<ConfigurationText, "path" | "folder" | "isFile"> {
  config: AgentConfig;
}

/**
 * Finds, reads and checks the configuration; paths in it become absolute, relative to its own folder, or to the working folder where it has no
 * file. Throws a ProblemError that holds everything that is wrong, each with its line. Reaches no server and reads no secret.
 */
export async function loadConfiguration(place: ConfigurationPlace): Promise<AgentConfig> {
  return (await loadConfigurationFile(place)).config;
}

/** As loadConfiguration, and tells where it was. */
export async function loadConfigurationFile(place: ConfigurationPlace): Promise<LoadedConfiguration> {
  const { text, ...where } = await readConfigurationFile(place);
  const { value, locate } = parseYaml(text, where.path);
  return { ...where, config: absolutePaths(parseAgentConfig(value, locate), where.folder, place.env.HOME) };
}
