import { ExitCode, ProblemError } from "@pgkeep/core";
import { BUSY, CONNECTION_ERRORS, type Explanation, explain, UNREACHABLE } from "../connectionErrors.js";
import { errorCodeOf, isRestError, statusOf } from "./azureErrors.js";

const NOT_ALLOWED = explain(
  ExitCode.Permission,
  "these credentials may not do this",
  "allow reading, writing and listing blobs in the container of store.url (a shared access signature with the rights r, w and l, or the role Storage Blob Data Contributor); a backup never needs the right to delete",
);
const WRONG_KEY = explain(
  ExitCode.Permission,
  "the server does not accept these credentials",
  "check AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN (or the files that the same names with _FILE name), the account's name, and whether a signature has expired",
);
const NO_CREDENTIALS = explain(
  ExitCode.Configuration,
  "no credentials were found",
  "set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or the same names with _FILE, or run where an identity is attached",
);
const NO_CONTAINER = explain(
  ExitCode.Configuration,
  "the container does not exist there",
  "create the container, or correct store.url, store.account and store.endpoint",
);
const LACKING = explain(
  ExitCode.Configuration,
  "the server does not know this part of Azure Blob Storage",
  "use a general-purpose account, or check that store.endpoint is that of a Blob service",
);
const DAMAGED = explain(
  ExitCode.InputOutput,
  "the bytes that arrived are not the bytes that were sent",
  "run it again; if it happens often, check the network",
);
const UNKNOWN = explain(
  ExitCode.InputOutput,
  "the server refused the request",
  "the answer may say why; check that store.endpoint is that of a Blob service",
);

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const CODES: Record<string, Explanation> = {
  AuthorizationFailure: NOT_ALLOWED,
  AuthorizationPermissionMismatch: NOT_ALLOWED,
  AuthorizationResourceTypeMismatch: NOT_ALLOWED,
  AuthorizationServiceMismatch: NOT_ALLOWED,
  AuthorizationProtocolMismatch: NOT_ALLOWED,
  AuthorizationSourceIPMismatch: explain(
    ExitCode.Permission,
    "these credentials are not for this machine's address",
    "have a signature made for it, or add it to the account's network rules",
  ),
  InsufficientAccountPermissions: NOT_ALLOWED,
  KeyBasedAuthenticationNotPermitted: explain(
    ExitCode.Permission,
    "the account takes no keys",
    "use the machine's own identity: unset AZURE_STORAGE_KEY and AZURE_STORAGE_SAS_TOKEN",
  ),
  AuthenticationFailed: WRONG_KEY,
  InvalidAuthenticationInfo: WRONG_KEY,
  NoAuthenticationInformation: WRONG_KEY,
  AccountIsDisabled: explain(ExitCode.Permission, "the account is disabled", "have it enabled again"),
  CredentialUnavailableError: NO_CREDENTIALS,
  // Where none of the ways to an identity was open; its message names each of them.
  AggregateAuthenticationError: NO_CREDENTIALS,
  AuthenticationRequiredError: NO_CREDENTIALS,
  AuthenticationError: explain(
    ExitCode.Permission,
    "Microsoft Entra does not accept this identity",
    "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or the file that AZURE_CLIENT_SECRET_FILE names), or the identity of the machine or the Pod",
  ),
  ContainerNotFound: NO_CONTAINER,
  ContainerDisabled: NO_CONTAINER,
  ContainerBeingDeleted: NO_CONTAINER,
  ResourceNotFound: NO_CONTAINER,
  InvalidResourceName: NO_CONTAINER,
  ServerBusy: BUSY,
  InternalError: BUSY,
  OperationTimedOut: BUSY,
  AccountSizeLimitExceeded: explain(ExitCode.NoSpace, "the account has no room left for this", "make room, or raise its limit"),
  RequestBodyTooLarge: explain(ExitCode.NoSpace, "the object is larger than the server takes", "use an account with a higher limit"),
  Md5Mismatch: DAMAGED,
  Crc64Mismatch: DAMAGED,
  FeatureNotSupportedByAccount: LACKING,
  BlobArchived: explain(
    ExitCode.Unavailable,
    "the object lies in the archive tier and cannot be read at once",
    "move it back first: az storage blob set-tier --tier Hot",
  ),
  BlobBeingRehydrated: explain(
    ExitCode.TryAgain,
    "the object is on its way out of the archive tier",
    "run it again when that is done, which may take hours",
  ),
};

/** What went wrong with Azure Blob Storage, in words for the user and with the exit code it leads to. Passes on what is explained already. */
export function azureProblem(error: unknown, where: string): Error {
  if (error instanceof ProblemError) return error;
  const { name, message, code: nodeCode } = error as NodeJS.ErrnoException;
  const status = statusOf(error);
  const code = errorCodeOf(error) ?? nodeCode ?? name;
  const known = CODES[code] ?? CODES[name] ?? CONNECTION_ERRORS[code] ?? lostConnection(code, message) ?? byStatus(error, status, message);
  if (!known) return error as Error;
  const [exitCode, explanation] = known;
  // Behind the first line come the request's id and its time. In an address a signature may stand.
  const words = (message.split("\n")[0] ?? "").replace(/\?\S*/g, "?…");
  const received = [status === undefined ? code : `HTTP ${status} ${code}`, words].filter((text) => text.trim() !== "").join(": ");
  // Not as its cause: the library's error holds the whole request, a signature and all.
  return new ProblemError(exitCode, { where, received, ...explanation });
}

function lostConnection(code: string, message: string): Explanation | undefined {
  return code === "REQUEST_SEND_ERROR" || /received less data|socket hang up|aborted|premature/i.test(message) ? UNREACHABLE : undefined;
}

function byStatus(error: unknown, status: number | undefined, message: string): Explanation | undefined {
  if (status === undefined) return isRestError(error) ? UNREACHABLE : undefined;
  if (status === 401) return WRONG_KEY;
  // Azure names a wrong clock only in words: "Request date header too old".
  if (status === 403) return /date/i.test(message) ? CLOCK : NOT_ALLOWED;
  if (status === 404) return UNKNOWN;
  return status >= 500 || status === 429 || status === 408 ? BUSY : UNKNOWN;
}

const CLOCK = explain(
  ExitCode.Configuration,
  "the clocks of this machine and of the store differ too much for signed requests",
  "set both by NTP, then run it again",
);

/** A right that something else than a backup needs. `why` says what it is for. */
export function missingAzureRight(error: unknown, where: string, right: string, why: string): ProblemError {
  return new ProblemError(ExitCode.Permission, {
    where,
    received: `HTTP ${statusOf(error)} ${errorCodeOf(error)}`,
    reason: `these credentials may not do this: ${why}`,
    next: `allow ${right} to whoever prunes; a backup never needs it`,
  });
}
