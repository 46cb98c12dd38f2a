import { ExitCode, ProblemError } from "@pgkeep/core";

/** Printable ASCII without slash, backslash and space, so that a key is one and the same name on every file system and in every XML listing. */
const SEGMENT = /^(?!\.)[!-.0-[\]-~]{1,255}$/;
const BEGINNING_OF_SEGMENT = /^(?!\.)[!-.0-[\]-~]{0,255}$/;
/** S3 allows 1024 bytes, the store's own prefix included. */
const MAXIMUM_BYTES = 800;

/** Whether a name could be a key of ours. Listings skip what could not: it is somebody else's. */
export function isObjectKey(key: string): boolean {
  return key.length <= MAXIMUM_BYTES && key.split("/").every((segment) => SEGMENT.test(segment));
}

/** Refuses a key that could leave the store or that a store might change. Keys come from manifests too, hence from whoever wrote one. */
export function assertObjectKey(key: string): void {
  if (!isObjectKey(key)) throw refusal("key of an object", key);
}

/** A prefix is the beginning of a key: it may end inside a segment or with a slash. */
export function assertKeyPrefix(prefix: string): void {
  const segments = prefix.split("/");
  const last = segments.pop() ?? "";
  if (!segments.every((segment) => SEGMENT.test(segment)) || !BEGINNING_OF_SEGMENT.test(last)) throw refusal("prefix of keys", prefix);
}

function refusal(where: string, received: string): ProblemError {
  return new ProblemError(ExitCode.DataWrong, {
    where,
    reason: "this is not a name that pgkeep writes, and following it could lead out of the store",
    received: JSON.stringify(received.slice(0, 200)),
    allowed: "segments of printable ASCII, separated by single slashes, none beginning with a dot",
    next: "where it comes from a manifest, the manifest was edited: do not trust it",
  });
}
