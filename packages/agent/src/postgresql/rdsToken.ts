import type { Signer } from "@aws-sdk/rds-signer";
import { ExitCode, ProblemError, type RdsIamAuthentication } from "@pgkeep/core";
import { awsCredentials } from "../configuration/awsCredentials.js";
import type { Environment } from "../configuration/Environment.js";

/**
 * Signs the tokens of IAM database authentication for one Region with the AWS credentials of the environment, else those of the SDK's own chain
 * (shared files, web identity, the roles of ECS, EKS and EC2). A token opens connections for 15 minutes and a connection outlives it, so each
 * connection gets a new one and none is kept. Signing calls nothing of AWS.
 */
export function rdsTokenSigner(region: string, environment: Environment): NonNullable<RdsIamAuthentication["signToken"]> {
  const credentials = awsCredentials(environment);
  // One for each server and user, since the SDK's chain keeps what it found inside.
  const signers = new Map<string, Signer>();
  return async ({ host, port, user }) => {
    const key = JSON.stringify([host, port, user]);
    let signer = signers.get(key);
    if (signer === undefined) {
      // Here and not above: whoever uses passwords need not load it.
      const { Signer } = await import("@aws-sdk/rds-signer");
      signer = new Signer({ hostname: host, port, username: user, region, ...(credentials === undefined ? {} : { credentials }) });
      signers.set(key, signer);
    }
    try {
      return await signer.getAuthToken();
    } catch (error) {
      throw noCredentials(error);
    }
  };
}

function noCredentials(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const { name, message } = error as Error;
  // The chain ends so when nothing is configured. Anything else, a metadata service that is silent for a moment above all, may pass.
  const missing = name === "CredentialsProviderError";
  return new ProblemError(
    missing ? ExitCode.Configuration : ExitCode.Unavailable,
    {
      where: "connection.authentication",
      received: "rds-iam",
      reason: `no token can be signed without AWS credentials: ${message}`,
      allowed:
        "the role of the ECS task, the EKS service account or the EC2 instance; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; or AWS_PROFILE",
      next: "give the agent a role (or credentials) that may rds-db:connect as this user",
    },
    { cause: error },
  );
}
