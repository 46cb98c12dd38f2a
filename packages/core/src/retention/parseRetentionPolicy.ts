import { configurationProblems, type PropertyProblem } from "../configurationProblems.js";
import { ExitCode } from "../exitCode.js";
import { ProblemError } from "../problem.js";
import { propertyPath } from "../propertyPath.js";
import { type RetentionPolicy, retentionSchema } from "./retentionConfig.js";

/** The section of the configuration that a policy file holds by itself. */
const SECTION = "retention";

/**
 * Reads a retention policy by itself: what stands below `retention` in a configuration. Throws one ProblemError (Configuration) that holds everything
 * that is wrong. `locate` may add where a path stands in a file, for example `policy.yaml:2`.
 */
export function parseRetentionPolicy(
  value: unknown,
  locate: (path: readonly PropertyKey[]) => string | undefined = () => undefined,
): RetentionPolicy {
  if (typeof value === "object" && value !== null && SECTION in value) throw tooMuch(locate([SECTION]));
  const parsed = retentionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: [SECTION, ...issue.path] }));
  throw new ProblemError(
    ExitCode.Configuration,
    configurationProblems(issues, { [SECTION]: value }, []).map(({ path, ...problem }) => whereIt(path.slice(1), problem, locate)),
  );
}

function whereIt(
  path: readonly PropertyKey[],
  problem: Omit<PropertyProblem, "path">,
  locate: (path: readonly PropertyKey[]) => string | undefined,
) {
  const place = locate(path);
  return { ...problem, where: `${propertyPath(path, "policy")}${place === undefined ? "" : ` (${place})`}` };
}

function tooMuch(place: string | undefined): ProblemError {
  return new ProblemError(ExitCode.Configuration, {
    where: `${SECTION}${place === undefined ? "" : ` (${place})`}`,
    reason: "this file reads like a configuration, and a policy file holds only what stands below `retention` in one",
    next: "write for example keepDaily: 30 at the beginning of a line, or name the file with --config",
  });
}
