import { ExitCode, ProblemError } from "@pgkeep/core";

/** What a caller of AWS knows of its own call. */
export interface AwsCall {
  /** What the problem is about, for example `--restored-arn`. */
  where: string;
  received: string;
  /** The action of IAM that it needs, for example `rds:DescribeDBInstances`. */
  action: string;
}

interface AwsError {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const NOT_ALLOWED = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|Forbidden)$/;
const NO_CREDENTIALS =
  /^(CredentialsProviderError|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|ExpiredToken(Exception)?)$/;

/** An answer of AWS, or its silence, as something its reader can mend. */
export function awsProblem(error: unknown, { where, received, action }: AwsCall): ProblemError {
  if (error instanceof ProblemError) return error;
  const { name = "", message = String(error) } = error as AwsError;
  const problem = { where, received, reason: `AWS answered ${name}: ${message}` };
  if (NOT_ALLOWED.test(name)) {
    return new ProblemError(ExitCode.Permission, { ...problem, next: `allow ${action} to the agent's role` }, { cause: error });
  }
  if (NO_CREDENTIALS.test(name)) {
    const next = "give the agent a role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY that are valid";
    return new ProblemError(ExitCode.Permission, { ...problem, next }, { cause: error });
  }
  if (isPassing(error)) {
    return new ProblemError(
      ExitCode.Unavailable,
      { ...problem, next: "check the way to AWS (NAT or an endpoint), then run again" },
      { cause: error },
    );
  }
  return new ProblemError(ExitCode.Configuration, { ...problem, next: "correct what was asked for" }, { cause: error });
}

/** Whether the same request may well succeed later: throttled, an error of the service's own, or no answer at all. */
export function isPassing(error: unknown): boolean {
  const { name = "", $metadata } = error as AwsError;
  const status = $metadata?.httpStatusCode;
  if (NOT_ALLOWED.test(name) || NO_CREDENTIALS.test(name)) return false;
  return status === undefined || status >= 500 || status === 429 || /Throttl|RequestLimitExceeded|ServiceUnavailable/.test(name);
}
