import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import type { DatabaseChoice } from "../restore/RestoreOptions.js";

/**
 * The databases that --database and --as choose among those of a recovery point; undefined when neither is given, which means all under their
 * own names. `--as OLD=NEW` renames one of several; `--as NEW` is enough where there is only one. Databases that the recovery point does
 * not hold are left to the plan, which refuses them together with everything else.
 */
export function chooseDatabases(
  available: readonly string[],
  database: readonly string[] | undefined,
  as: readonly string[] | undefined,
): DatabaseChoice[] | undefined {
  if (database === undefined && as === undefined) return undefined;
  const chosen = database ?? available;
  const names = new Map<string, string>();
  const problems: Problem[] = [];
  for (const text of as ?? []) {
    const renamed = readRenaming(text, chosen);
    const before = renamed && names.get(renamed.name);
    if (!renamed) {
      problems.push({
        where: "--as",
        received: text,
        allowed: chosen.map((name) => `${name}=NEW`).join(" or "),
        reason: "which of the databases gets this name is not said",
        next: "write --as OLD=NEW, once for each database that is to have another name",
      });
    } else if (before !== undefined) {
      problems.push({ where: "--as", received: text, reason: `database ${renamed.name} gets the name ${before} already` });
    } else names.set(renamed.name, renamed.as);
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.Usage, problems);
  return chosen.map((name) => {
    const renamed = names.get(name);
    return renamed === undefined ? { name } : { name, as: renamed };
  });
}

/** Names of databases may hold an equals sign themselves: hence by the names that there are, the longest first. */
function readRenaming(text: string, chosen: readonly string[]): { name: string; as: string } | undefined {
  const known = chosen.filter((name) => text.startsWith(`${name}=`)).sort((a, b) => b.length - a.length);
  const [name] = known;
  if (name !== undefined) return { name, as: text.slice(name.length + 1) };
  const [only, ...others] = chosen;
  return only !== undefined && others.length === 0 ? { name: only, as: text } : undefined;
}
