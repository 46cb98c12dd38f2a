import { type AgentConfig, ExitCode, ProblemError, parseRetentionPolicy, type RetentionPolicy } from "@pgkeep/core";
import { readConfigurationFile } from "../configuration/configurationFile.js";
import { parseYaml } from "../configuration/parseYaml.js";

/** The policy of a file, else of the configuration. Throws a ProblemError that holds everything that is wrong, each with its line. */
export async function loadPolicy(
  config: Pick<AgentConfig, "retention">,
  file: string | undefined,
  folder: string,
): Promise<RetentionPolicy> {
  if (file !== undefined) {
    const { path, text } = await readConfigurationFile({ configPath: file, option: "--policy", env: {}, cwd: folder });
    const { value, locate } = parseYaml(text, path);
    return parseRetentionPolicy(value, locate);
  }
  if (config.retention) return config.retention;
  throw new ProblemError(ExitCode.Configuration, {
    where: "retention",
    reason: "no policy is configured, so nothing says what may go",
    allowed: "the section `retention` in the configuration, or --policy FILE",
    next: "write for example retention: { preset: production }, and look at what it means with `pgkeep retention plan`",
  });
}
