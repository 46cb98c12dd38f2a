import { readFile } from "node:fs/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { type AgentConfig, ExitCode, ProblemError } from "@pgkeep/core";

type StoreConfig = AgentConfig["store"];
type Environment = Readonly<Record<string, string | undefined>>;

/** Tries of one request unless AWS_MAX_ATTEMPTS says otherwise, with growing pauses: up to half a minute, enough for a server that restarts. */
const TRIES = 8;
const CONNECT_MILLISECONDS = 10_000;
/** A connection that carries nothing for so long is lost. A server that puts many parts together is silent for a while too. */
const SILENCE_MILLISECONDS = 180_000;
/** Files with credentials are read again after this time: they may be rotated under a long run. */
const CREDENTIALS_MILLISECONDS = 5 * 60_000;

/** A client of the store's server. */
export function s3Client(config: StoreConfig, environment: Environment): S3Client {
  const credentials = credentialsFrom(environment);
  const checksums = config.checksums === "when_required" ? "WHEN_REQUIRED" : "WHEN_SUPPORTED";
  return new S3Client({
    region: config.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? "us-east-1",
    forcePathStyle: config.forcePathStyle,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    maxAttempts: Number(environment.AWS_MAX_ATTEMPTS) || TRIES,
    requestHandler: { connectionTimeout: CONNECT_MILLISECONDS, socketTimeout: SILENCE_MILLISECONDS },
    ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
}

/**
 * Credentials named by the environment, also as files (`AWS_SECRET_ACCESS_KEY_FILE`), as containers get their secrets. Undefined leaves it
 * to the SDK's own chain: shared files, web identity, the roles of ECS, EKS and EC2.
 */
function credentialsFrom(environment: Environment) {
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
