import { readFile } from "node:fs/promises";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Environment } from "./Environment.js";

/** Files with credentials are read again after this time: they may be rotated under a long run. */
const CREDENTIALS_MILLISECONDS = 5 * 60_000;

/**
 * Credentials named by the environment, also as files (`AWS_SECRET_ACCESS_KEY_FILE`), as containers get their secrets. Undefined leaves it
 * to the SDK's own chain: shared files, web identity, the roles of ECS, EKS and EC2.
 */
export function awsCredentials(environment: Environment) {
  const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;
  const given = names.filter((name) => environment[name] || environment[`${name}_FILE`]);
  if (given.length === 0) return undefined;
  return async () => {
    const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all(
      [...names, "AWS_SESSION_TOKEN"].map((name) => secretFrom(environment, name)),
    );
    if (!accessKeyId || !secretAccessKey) {
      const missing = accessKeyId ? names[1] : names[0];
      throw new ProblemError(ExitCode.Configuration, {
        where: missing,
        reason: `it is not set, and ${given[0]} is nothing without it`,
        next: `set ${missing}, or ${missing}_FILE to the path of a file that holds it`,
      });
    }
    const expiration = new Date(Date.now() + CREDENTIALS_MILLISECONDS);
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}), expiration };
  };
}

async function secretFrom(environment: Environment, name: string): Promise<string | undefined> {
  const path = environment[`${name}_FILE`];
  if (!path) return environment[name];
  if (environment[name]) {
    throw new ProblemError(ExitCode.Configuration, {
      where: `${name}_FILE`,
      received: path,
      reason: `${name} is set as well, and which of them is meant is not for pgkeep to guess`,
      next: "unset one of them",
    });
  }
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    throw new ProblemError(
      ExitCode.Configuration,
      {
        where: `${name}_FILE`,
        received: path,
        reason: `the file cannot be read (${(error as Error).message})`,
        next: "correct the path, or the file's permissions",
      },
      { cause: error },
    );
  }
}
