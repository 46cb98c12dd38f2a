import { RDSClient } from "@aws-sdk/client-rds";
import { ExitCode, ProblemError, regionNameProblem } from "@pgkeep/core";
import { awsCredentials } from "../configuration/awsCredentials.js";
import type { Environment } from "../configuration/Environment.js";

/** Tries of one request unless AWS_MAX_ATTEMPTS says otherwise: a Region's calls are shared by everybody in the account. */
const TRIES = 8;
const CONNECT_MILLISECONDS = 10_000;
const SILENCE_MILLISECONDS = 60_000;

/** The Region that the environment names. */
export function regionOf(environment: Environment): string {
  const name = environment.AWS_REGION ? "AWS_REGION" : "AWS_DEFAULT_REGION";
  const region = environment[name];
  const next = "set AWS_REGION to the Region of the instance, for example eu-central-1";
  if (!region)
    throw new ProblemError(ExitCode.Configuration, { where: "AWS_REGION", reason: "it is not set, and RDS is of a Region", next });
  const problem = regionNameProblem(region);
  if (problem !== undefined) throw new ProblemError(ExitCode.Configuration, { where: name, received: region, reason: problem, next });
  return region;
}

/** A client of RDS in the Region that the environment names. */
export function rdsClient(environment: Environment): RDSClient {
  const credentials = awsCredentials(environment);
  const endpoint = environment.AWS_ENDPOINT_URL_RDS || environment.AWS_ENDPOINT_URL;
  return new RDSClient({
    region: regionOf(environment),
    maxAttempts: Number(environment.AWS_MAX_ATTEMPTS) || TRIES,
    requestHandler: { connectionTimeout: CONNECT_MILLISECONDS, socketTimeout: SILENCE_MILLISECONDS },
    ...(endpoint ? { endpoint } : {}),
    ...(credentials === undefined ? {} : { credentials }),
  });
}
