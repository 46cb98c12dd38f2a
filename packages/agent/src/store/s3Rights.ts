import { ExitCode, ProblemError } from "@pgkeep/core";
import { statusOf } from "./s3Problem.js";

/** Refusals that come with this status and say something else than that a right is missing. */
const OTHER_REFUSALS = [
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "InvalidToken",
  "TokenRefreshRequired",
  "RequestTimeTooSkewed",
];

/** Whether these credentials, known to the server, lack a right. */
export function isForbidden(error: unknown): boolean {
  return statusOf(error) === 403 && !OTHER_REFUSALS.includes((error as Error).name);
}

/** Names the right that these credentials lack, and what it is for. */
export function missingRight(error: unknown, where: string, right: string, purpose: string): ProblemError {
  const { name, message } = error as Error;
  return new ProblemError(
    ExitCode.Permission,
    {
      where,
      received: `HTTP 403 ${name}: ${message}`,
      reason: `these credentials lack the right ${right}, or a bucket policy denies it: ${purpose}`,
      next: `allow ${right} on the bucket and prefix of store.url to the identity that prunes, and to no other; a backup never needs it`,
    },
    { cause: error },
  );
}
