import { type AgentConfig, agentConfigSchema, CONFIG_VERSION } from "./agentConfig.js";
import { configurationProblems, misplacedKeys } from "./configurationProblems.js";
import { ExitCode } from "./exitCode.js";
import { ProblemError } from "./problem.js";
import { propertyPath } from "./propertyPath.js";
import { upgradeDocument, type VersionRule } from "./versionedDocument.js";

const RULE: VersionRule = {
  property: "version",
  current: CONFIG_VERSION,
  // Version 1 is the first. Of several steps only the last is kept: a release accepts its own version and the one before.
  upgrades: {},
  newer: (_document, version) => ({
    where: "version",
    received: String(version),
    allowed: String(CONFIG_VERSION),
    reason: "this configuration was written for a newer pgkeep, and this one could misread it",
    next: "use the pgkeep that it was written for, or a newer one",
  }),
};

/**
 * Reads a configuration: upgrades an older version, fills in the defaults. Throws one ProblemError (Configuration) that holds everything that
 * is wrong, each with its path. `locate` may add where a path stands in a file, for example `pgkeep.yaml:12`. No secret that stands where
 * none belongs is repeated.
 */
export function parseAgentConfig(
  value: unknown,
  locate: (path: readonly PropertyKey[]) => string | undefined = () => undefined,
): AgentConfig {
  const document = upgradeDocument(value, RULE);
  const misplaced = misplacedKeys(document);
  const parsed = agentConfigSchema.safeParse(document);
  if (parsed.success && misplaced.length === 0) return parsed.data;
  const problems = [...misplaced, ...configurationProblems(parsed.error?.issues ?? [], document, misplaced)];
  throw new ProblemError(
    ExitCode.Configuration,
    problems.map(({ path, ...problem }) => {
      const place = locate(path);
      return { ...problem, where: `${propertyPath(path)}${place === undefined ? "" : ` (${place})`}` };
    }),
  );
}
