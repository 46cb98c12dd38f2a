import { ExitCode, ProblemError } from "@pgkeep/core";
import { BUSY, CONNECTION_ERRORS, type Explanation, explain } from "../connectionErrors.js";
import { GcsRefusal } from "./GcsRefusal.js";

const NOT_ALLOWED = explain(
  ExitCode.Permission,
  "these credentials may not do this",
  "allow storage.objects.create, storage.objects.get and storage.objects.list on the bucket of store.url (the roles Storage Object Creator and Storage Object Viewer); a backup never needs storage.objects.delete",
);
const WRONG_KEY = explain(
  ExitCode.Permission,
  "the server does not accept these credentials",
  "check the key that GOOGLE_APPLICATION_CREDENTIALS names, or the machine's own service account",
);
const NO_BUCKET = explain(
  ExitCode.Configuration,
  "the bucket does not exist there",
  "create the bucket, or correct store.url and store.endpoint",
);
const DAMAGED = explain(
  ExitCode.InputOutput,
  "the bytes that arrived are not the bytes that were sent",
  "run it again; if it happens often, check the network",
);
const UNKNOWN = explain(
  ExitCode.InputOutput,
  "the server refused the request",
  "the answer may say why; check that store.endpoint speaks the JSON interface of Google Cloud Storage",
);

/** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
const REASONS: Record<string, Explanation> = {
  forbidden: NOT_ALLOWED,
  insufficientPermissions: NOT_ALLOWED,
  authError: WRONG_KEY,
  required: WRONG_KEY,
  accountDisabled: explain(ExitCode.Permission, "the project's account is disabled", "enable the project or its billing account"),
  userProjectMissing: explain(
    ExitCode.Configuration,
    "the bucket lets the one who asks pay, and nobody was named",
    "set GOOGLE_CLOUD_QUOTA_PROJECT to the project that pays",
  ),
  quotaExceeded: explain(ExitCode.NoSpace, "the project's quota is used up", "raise the quota, and run it again"),
  rateLimitExceeded: BUSY,
  backendError: BUSY,
  internalError: BUSY,
};

/** What went wrong with Google Cloud Storage, in words for the user and with the exit code it leads to. Passes on what is explained already. */
export function gcsProblem(error: unknown, where: string): Error {
  if (error instanceof ProblemError) return error;
  if (error instanceof GcsRefusal) {
    const [exitCode, explanation] = explanationOf(error);
    const received = [`HTTP ${error.status}${error.reason === "" ? "" : ` ${error.reason}`}`, error.message].filter((text) => text !== "");
    return new ProblemError(exitCode, { where, received: received.join(": "), ...explanation }, { cause: error });
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const known = CONNECTION_ERRORS[code ?? ""];
  if (!known) return error as Error;
  const [exitCode, explanation] = known;
  return new ProblemError(
    exitCode,
    { where, received: [code, message].filter((text) => text !== "").join(": "), ...explanation },
    { cause: error },
  );
}

function explanationOf({ status, reason, message }: GcsRefusal): Explanation {
  if (status === 404 && !/^No such object/.test(message)) return NO_BUCKET;
  if (status === 400 && /crc32c|md5|checksum/i.test(message)) return DAMAGED;
  const known = REASONS[reason];
  if (known) return known;
  if (status === 401) return WRONG_KEY;
  if (status === 403) return NOT_ALLOWED;
  if (status === 429 || status === 408 || status >= 500) return BUSY;
  return UNKNOWN;
}

/** A right that something else than a backup needs. `why` says what it is for. */
export function missingGcsRight(error: unknown, where: string, right: string, why: string): ProblemError {
  return new ProblemError(
    ExitCode.Permission,
    {
      where,
      received: (error as Error).message,
      reason: `these credentials may not do this: ${why}`,
      next: `allow ${right} on the bucket to whoever prunes (the role Storage Object Admin holds it); a backup never needs it`,
    },
    { cause: error },
  );
}
