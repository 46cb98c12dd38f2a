import type { PutOptions } from "./Store.js";

/** The tags of a new object as S3 takes them, in the form of a query. Part of the request that creates it, so that there is no moment without them. */
export function tagging(tags: PutOptions["tags"]): { Tagging?: string } {
  return tags === undefined ? {} : { Tagging: new URLSearchParams(tags).toString() };
}
