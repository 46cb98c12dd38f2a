import type { RestError } from "@azure/storage-blob";

/** Whether Azure itself, or the way to it, refused: an error of its library. */
export function isRestError(error: unknown): error is RestError {
  return (error as Error).name === "RestError";
}

/** HTTP status of a server's refusal, undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return isRestError(error) ? error.statusCode : undefined;
}

/** The server's own word, for example `BlobNotFound`; undefined where it gives none. */
export function errorCodeOf(error: unknown): string | undefined {
  if (!isRestError(error)) return undefined;
  const { errorCode } = (error.details ?? {}) as { errorCode?: string };
  return errorCode ?? error.code;
}

/** Whether it is open if the request took effect: no answer, or an error inside the server. */
export function isUnclear(error: unknown): boolean {
  if (!isRestError(error)) return false;
  return error.statusCode === undefined || error.statusCode >= 500 || error.statusCode === 408;
}
