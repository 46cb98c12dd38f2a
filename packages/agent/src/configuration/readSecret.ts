import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Environment } from "./Environment.js";
import { readPrivateFile } from "./readPrivateFile.js";

/**
 * A secret from the environment: the variable itself, or the file that the variable with `_FILE` behind its name names (as Docker and Kubernetes
 * secrets are mounted), without line ends behind it. Undefined when neither is set; an empty variable is as good as none. Throws a
 * ProblemError when both are set, for nobody could tell which one counts, and for a file that is empty, unreadable or open to others.
 */
export async function readSecret(environment: Environment, name: string): Promise<string | undefined> {
  const value = environment[name];
  const path = environment[`${name}_FILE`];
  if (value && path) {
    throw new ProblemError(ExitCode.Configuration, {
      where: `${name} and ${name}_FILE`,
      reason: "both are set, and which one counts cannot be told",
      next: `unset one of them; ${name}_FILE keeps the secret out of the process's environment`,
    });
  }
  if (path) return await readSecretFile(path, `${name}_FILE`);
  return value ? value.replace(/[\r\n]+$/, "") : undefined;
}

/** A secret from a file that holds nothing else, without line ends behind it. `where` is the setting that names the file. */
export async function readSecretFile(path: string, where: string): Promise<string> {
  const secret = (await readPrivateFile(path, where)).replace(/[\r\n]+$/, "");
  if (secret !== "") return secret;
  throw new ProblemError(ExitCode.Configuration, { where, received: path, reason: "this file is empty", next: "write the secret into it" });
}
