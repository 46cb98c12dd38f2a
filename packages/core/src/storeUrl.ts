import { holdsSecret } from "./secretText.js";

/** What is wrong with the URL of a store: the reason, and what to write instead where that is known. */
export interface StoreUrlProblem {
  reason: string;
  next?: string;
}

/** The forms a store's URL may have, for messages. */
export const STORE_URL_FORMS = "file:///absolute/folder or s3://bucket/prefix";

/** What is wrong with a store's URL, undefined when nothing is. Whether the store exists is not asked. */
export function storeUrlProblem(url: string): StoreUrlProblem | undefined {
  if (holdsSecret(url) || /^[^:]+:\/\/[^/]*@/.test(url)) {
    return {
      reason: "a URL with a user name or a password in it is refused: this file is read by many",
      next: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use the machine's own role",
    };
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === "file") return folderProblem(url);
  if (scheme === "s3") return bucketProblem(url);
  if (scheme === undefined && url.startsWith("/")) return { reason: "this is a path, not a URL", next: `write file://${url}` };
  if (scheme === undefined) return { reason: "this is not a URL" };
  if (scheme === "http" || scheme === "https") {
    return { reason: "the address of an S3 server goes into store.endpoint", next: "write s3://bucket/prefix here and the address there" };
  }
  return { reason: `this release has no store of the kind ${scheme}://` };
}

function folderProblem(url: string): StoreUrlProblem | undefined {
  const [, path] = /^file:\/\/(.*)$/i.exec(url) ?? [];
  if (path === undefined || !path.startsWith("/")) {
    return {
      reason: "the folder must be absolute: a relative one would move with the working folder",
      next: "write file:/// and the whole path",
    };
  }
  if (/[?#]/.test(path)) return { reason: "a folder's URL ends with its path", next: "write ? as %3F and # as %23" };
  const decoded = percentDecoded(path);
  if (decoded === undefined) return { reason: "it holds a percent sign that begins no code", next: "write % as %25" };
  if (decoded.includes("\0")) return { reason: "no path holds a NUL character" };
  if (/^\/+$/.test(decoded)) return { reason: "the root of the file system is no place for a store" };
  if (decoded.split("/").some((segment) => segment === ".." || segment === ".")) return { reason: "write the path without . and .." };
  return undefined;
}

function percentDecoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function bucketProblem(url: string): StoreUrlProblem | undefined {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/?#]*)\/?(.*)$/is.exec(url) ?? [];
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes("..")) {
    return { reason: "the bucket's name is not possible: 3 to 63 lower-case letters, digits, hyphens and dots" };
  }
  const segments = prefix.replace(/\/+$/, "").split("/");
  if ((prefix !== "" && !segments.every((segment) => /^(?!\.)[!-.0-[\]-~]{1,255}$/.test(segment))) || /[?#]/.test(prefix)) {
    return { reason: "the prefix cannot be part of a key: printable ASCII, no empty segment, none that begins with a dot" };
  }
  return undefined;
}
