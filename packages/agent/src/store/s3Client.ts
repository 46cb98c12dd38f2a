import { S3Client } from "@aws-sdk/client-s3";
import type { AgentConfig } from "@pgkeep/core";
import { awsCredentials } from "../configuration/awsCredentials.js";

type StoreConfig = AgentConfig["store"];
type Environment = Readonly<Record<string, string | undefined>>;

/** Tries of one request unless AWS_MAX_ATTEMPTS says otherwise, with growing pauses: up to half a minute, enough for a server that restarts. */
const TRIES = 8;
const CONNECT_MILLISECONDS = 10_000;
/** A connection that carries nothing for so long is lost. A server that puts many parts together is silent for a while too. */
const SILENCE_MILLISECONDS = 180_000;

/** A client of the store's server. */
export function s3Client(config: StoreConfig, environment: Environment): S3Client {
  const credentials = awsCredentials(environment);
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
