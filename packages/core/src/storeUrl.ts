import { holdsSecret } from "./secretText.js";

/** What is wrong with the URL of a store: the reason, and what to write instead where that is known. */
export interface StoreUrlProblem {
  reason: string;
  next?: string;
}

/** What a store can be made of, by the scheme of its URL. */
export type StoreKind = "file" | "s3" | "gs" | "azblob";

/** The forms a store's URL may have, for messages. */
export const STORE_URL_FORMS = "file:///absolute/folder, s3://bucket/prefix, gs://bucket/prefix or azblob://container/prefix";

/** Where the credentials of a store of each kind come from, for messages. */
const CREDENTIALS: Record<StoreKind, string> = {
  file: "the rights of the user who runs pgkeep",
  s3: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the machine's own role",
  gs: "GOOGLE_APPLICATION_CREDENTIALS (the path of a key's file), or the machine's own service account",
  azblob: "AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or the machine's own identity",
};

/** The kind of store that a URL names; undefined where there is none of that kind. */
export function storeKindOf(url: string): StoreKind | undefined {
  const scheme = schemeOf(url);
  return scheme !== undefined && Object.hasOwn(CREDENTIALS, scheme) ? (scheme as StoreKind) : undefined;
}

/** Where the credentials of the store that a URL names belong. */
export function storeCredentialsPlace(url: string): string {
  return CREDENTIALS[storeKindOf(url) ?? (/\.blob\.|AccountKey=|SharedAccessSignature=/i.test(url) ? "azblob" : "s3")];
}

/** What is wrong with a store's URL, undefined when nothing is. Whether the store exists is not asked. */
export function storeUrlProblem(url: string): StoreUrlProblem | undefined {
  if (holdsSecret(url) || /^[^:]+:\/\/[^/]*@/.test(url)) {
    const what = /[?&]sig=|AccountKey=|SharedAccessSignature=/i.test(url) ? "a key or a signature" : "a user name or a password";
    return {
      reason: `a URL with ${what} in it is refused: this file is read by many`,
      next: `use ${storeCredentialsPlace(url)}`,
    };
  }
  const scheme = schemeOf(url);
  switch (scheme) {
    case "file":
      return folderProblem(url);
    case "s3":
      return placeProblem(url, "bucket", bucketNameProblem);
    case "gs":
      return placeProblem(url, "bucket", googleBucketNameProblem);
    case "azblob":
      return placeProblem(url, "container", containerNameProblem);
    case undefined:
      return url.startsWith("/") ? { reason: "this is a path, not a URL", next: `write file://${url}` } : { reason: "this is not a URL" };
    case "http":
    case "https":
      return addressProblem(url);
    default:
      return { reason: `this release has no store of the kind ${scheme}://`, ...nextOf(OTHER_SCHEMES[scheme]) };
  }
}

const OTHER_SCHEMES: Record<string, string> = {
  gcs: "write gs://bucket/prefix",
  az: "write azblob://container/prefix, and the account in store.account",
  azure: "write azblob://container/prefix, and the account in store.account",
  abfs: "write azblob://container/prefix, and the account in store.account",
  abfss: "write azblob://container/prefix, and the account in store.account",
  wasbs: "write azblob://container/prefix, and the account in store.account",
};

function nextOf(next: string | undefined): { next?: string } {
  return next === undefined ? {} : { next };
}

function schemeOf(url: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
}

/** Somebody wrote the address that a browser shows. */
function addressProblem(url: string): StoreUrlProblem {
  const [, account, container] = /^https?:\/\/([a-z0-9]+)\.blob\.[^/]+\/([^/?#]*)/i.exec(url) ?? [];
  if (account !== undefined) {
    return {
      reason: "this is the address of a container, and a store's URL names container and prefix alone",
      next: `write azblob://${container || "container"}/prefix here and ${account} in store.account`,
    };
  }
  const [, bucket] = /^https?:\/\/storage\.(?:cloud\.)?googleapis\.com\/([^/?#]*)/i.exec(url) ?? [];
  if (bucket !== undefined) return { reason: "this is the address of a bucket of Google", next: `write gs://${bucket || "bucket"}/prefix` };
  return { reason: "the address of a server goes into store.endpoint", next: "write s3://bucket/prefix here and the address there" };
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

function placeProblem(url: string, what: string, nameProblem: (name: string) => string | undefined): StoreUrlProblem | undefined {
  const [, name = "", prefix = ""] = /^[a-z0-9]+:\/\/([^/?#]*)\/?(.*)$/is.exec(url) ?? [];
  const problem = nameProblem(name);
  if (problem !== undefined) return { reason: `the ${what}'s name is not possible: ${problem}` };
  const segments = prefix.replace(/\/+$/, "").split("/");
  if ((prefix !== "" && !segments.every((segment) => /^(?!\.)[!-.0-[\]-~]{1,255}$/.test(segment))) || /[?#]/.test(prefix)) {
    return { reason: "the prefix cannot be part of a key: printable ASCII, no empty segment, none that begins with a dot" };
  }
  return undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function bucketNameProblem(name: string): string | undefined {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..")) return undefined;
  return "3 to 63 lower-case letters, digits, hyphens and dots";
}

/** https://cloud.google.com/storage/docs/buckets#naming; one with dots is a domain of at most 222 characters. */
function googleBucketNameProblem(name: string): string | undefined {
  const parts = name.split(".");
  const isName = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name) && parts.every((part) => part.length >= 1 && part.length <= 63);
  return isName ? undefined : "3 to 63 lower-case letters, digits, hyphens, underscores and dots";
}

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
function containerNameProblem(name: string): string | undefined {
  if (/^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return undefined;
  return "3 to 63 lower-case letters, digits and single hyphens between them";
}
