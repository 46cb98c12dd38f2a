import { ExitCode, ProblemError } from "@pgkeep/core";
import { BUSY, CONNECTION_ERRORS, type Explanation, explain, UNREACHABLE } from "./connectionErrors.js";

const NOT_ALLOWED = explain(
  ExitCode.Permission,
  "these credentials may not do this",
  "allow s3:PutObject, s3:AbortMultipartUpload, s3:GetObject and s3:ListBucket on the bucket and prefix of store.url; a backup never needs s3:DeleteObject, and needs s3:PutObjectTagging only where retention.enforcedBy is lifecycle",
);
const WRONG_KEY = explain(
  ExitCode.Permission,
  "the server does not accept these credentials",
  "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or the files that AWS_ACCESS_KEY_ID_FILE and AWS_SECRET_ACCESS_KEY_FILE name)",
);
const EXPIRED = explain(
  ExitCode.Permission,
  "the session token has expired or is not valid",
  "get new credentials, or use a role that renews them",
);
const NO_BUCKET = explain(
  ExitCode.Configuration,
  "the bucket does not exist there",
  "create the bucket, or correct store.url and store.endpoint",
);
const WRONG_REGION = explain(
  ExitCode.Configuration,
  "the bucket is in another region than the one asked",
  "set store.region, or AWS_REGION, to the region of the bucket",
);
const UNKNOWN_HOST = explain(
  ExitCode.Unavailable,
  "the name of the store's host is not known",
  "check store.endpoint; for a server that is not AWS set store.forcePathStyle: true, else the bucket becomes a part of the host's name",
);
const NO_SPACE = explain(ExitCode.NoSpace, "the store has no room left for this", "make room, or raise the quota, and run it again");
const LACKING = explain(
  ExitCode.Configuration,
  "the server does not know this part of S3",
  "try store.checksums: when_required, and retention.enforcedBy: agent where it is lifecycle, which takes object tags; if that does not help, this server cannot hold a store",
);
const DAMAGED = explain(
  ExitCode.InputOutput,
  "the bytes that arrived are not the bytes that were sent",
  "run it again; if it happens often, check the network",
);

/** Error codes of S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html) and of servers that speak it; HTTP where HEAD gives no more. */
const SERVICE_ERRORS: Record<string, Explanation> = {
  AccessDenied: NOT_ALLOWED,
  AllAccessDisabled: NOT_ALLOWED,
  Forbidden: NOT_ALLOWED,
  "403": NOT_ALLOWED,
  InvalidAccessKeyId: WRONG_KEY,
  SignatureDoesNotMatch: WRONG_KEY,
  ExpiredToken: EXPIRED,
  InvalidToken: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  CredentialsProviderError: explain(
    ExitCode.Configuration,
    "no credentials were found",
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the same names with _FILE, or run where a role is attached",
  ),
  NoSuchBucket: NO_BUCKET,
  InvalidBucketName: NO_BUCKET,
  PermanentRedirect: WRONG_REGION,
  AuthorizationHeaderMalformed: WRONG_REGION,
  IllegalLocationConstraintException: WRONG_REGION,
  "301": WRONG_REGION,
  RequestTimeTooSkewed: explain(
    ExitCode.Configuration,
    "the clocks of this machine and of the store differ too much for signed requests",
    "set both by NTP, then run it again",
  ),
  SlowDown: BUSY,
  ServiceUnavailable: BUSY,
  InternalError: BUSY,
  RequestTimeout: BUSY,
  ThrottlingException: BUSY,
  TooManyRequests: BUSY,
  ConditionalRequestConflict: explain(
    ExitCode.TryAgain,
    "another write to the same name is under way, and it stayed so over several tries",
    "run it again; nothing of this run appeared under the name",
  ),
  TimeoutError: UNREACHABLE,
  QuotaExceeded: NO_SPACE,
  InsufficientStorage: NO_SPACE,
  StorageFull: NO_SPACE,
  XMinioStorageFull: NO_SPACE,
  EntityTooLarge: explain(ExitCode.NoSpace, "the object is larger than the server takes", "use a server with a higher limit"),
  NotImplemented: LACKING,
  MethodNotAllowed: LACKING,
  BadDigest: DAMAGED,
  InvalidDigest: DAMAGED,
  XAmzContentSHA256Mismatch: DAMAGED,
  XAmzContentChecksumMismatch: DAMAGED,
  NoSuchUpload: explain(
    ExitCode.InputOutput,
    "the upload was removed on the server while it was under way",
    "check for a lifecycle rule that aborts unfinished uploads too early",
  ),
  InvalidObjectState: explain(
    ExitCode.Unavailable,
    "the object lies in an archive tier and cannot be read at once",
    "restore it from the archive first (aws s3api restore-object)",
  ),
};

/** A bucket in the host's name is a mistake of S3 alone. */
const NETWORK_ERRORS: Record<string, Explanation> = { ...CONNECTION_ERRORS, ENOTFOUND: UNKNOWN_HOST, EAI_AGAIN: UNKNOWN_HOST };

interface S3Error extends Error {
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** HTTP status of a server's refusal, undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return (error as S3Error).$metadata?.httpStatusCode;
}

/** Whether it is open if the request took effect: no answer, an error inside the server, or an upload that is gone, perhaps because it was completed. */
export function isUnclear(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status >= 500 || (error as S3Error).name === "NoSuchUpload";
}

/** What went wrong with an S3 server, in words for the user and with the exit code it leads to. Passes on what is explained already. */
export function s3Problem(error: unknown, where: string): Error {
  if (error instanceof ProblemError) return error;
  const { name, message, code } = error as S3Error;
  const status = statusOf(error);
  const known = SERVICE_ERRORS[name] ?? NETWORK_ERRORS[code ?? ""] ?? SERVICE_ERRORS[String(status)];
  if (!known && status === undefined) return error as Error;
  const [exitCode, explanation] = known ?? otherAnswer(status ?? 0);
  // A refused connection to several addresses has its messages inside (AggregateError) and none itself.
  const received = [status === undefined ? (code ?? name) : `HTTP ${status} ${name}`, message].filter((text) => text !== "").join(": ");
  return new ProblemError(exitCode, { where, received, ...explanation }, { cause: error });
}

function otherAnswer(status: number): Explanation {
  return status >= 500
    ? BUSY
    : explain(ExitCode.InputOutput, "the server refused the request", "the answer may say why; check that store.endpoint is an S3 server");
}
