import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";

const CREDENTIALS = "check the credentials: the AWS_ variables or files, or the role that is attached here";

/** Error codes that services of AWS share. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html */
const SHARED: readonly [RegExp, ExitCode, string, string][] = [
  [
    /^(InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient|IncompleteSignature)/,
    ExitCode.Permission,
    "AWS does not accept these credentials",
    CREDENTIALS,
  ],
  [/^(ExpiredToken|RequestExpired|TokenRefreshRequired)/, ExitCode.Permission, "the session token has expired", CREDENTIALS],
  [/^(CredentialsProviderError|TokenProviderError)/, ExitCode.Configuration, "no credentials were found", CREDENTIALS],
  [/^(Throttling|RequestLimitExceeded|TooManyRequests)/, ExitCode.TryAgain, "AWS takes no more calls for now", "run it again later"],
  [/^(ServiceUnavailable|InternalFailure|InternalError)/, ExitCode.Unavailable, "AWS fails at the moment", "run it again later"],
];

interface AwsError extends Error {
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** What went wrong with RDS, in words for the user and with the exit code it leads to. Passes on what is explained already, and defects. */
export function rdsProblem(error: unknown, where: string, action: string): Error {
  if (error instanceof ProblemError) return error;
  const { name, message, code, $metadata } = error as AwsError;
  const problem = (exitCode: ExitCode, reason: string, next: string) => {
    const received = [code ?? name, message].filter((text) => text !== "" && text !== undefined).join(": ");
    return new ProblemError(exitCode, { where, received, reason, next } satisfies Problem, { cause: error });
  };
  if (/^(AccessDenied|UnauthorizedOperation|NotAuthorized)/.test(name)) {
    const next = `allow ${action}; \`prunerPolicy\` of PreDeploySnapshot is a policy that does`;
    return problem(ExitCode.Permission, "these credentials may not do this", next);
  }
  const known = SHARED.find(([pattern]) => pattern.test(name));
  if (known !== undefined) return problem(known[1], known[2], known[3]);
  if ($metadata?.httpStatusCode !== undefined)
    return problem(ExitCode.InputOutput, "RDS refused the request", "what was received may say why");
  const lost = code !== undefined && /^(E[A-Z]+|ERR_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code);
  if (!lost && name !== "TimeoutError") return error as Error;
  return problem(
    ExitCode.Unavailable,
    "RDS cannot be reached, and several tries did not help",
    "check the network, AWS_REGION and AWS_ENDPOINT_URL, and run it again",
  );
}
