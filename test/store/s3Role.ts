import type { IncomingMessage } from "node:http";
import type { Fate } from "./storeProxy.js";

/**
 * What a role may do: an action of IAM, and the keys that it is for, below the cluster's own prefix, with `*` as IAM reads it (anything, slashes too).
 * Of the actions on a bucket the keys are the prefixes that are listed; an empty list stands for what has none.
 */
export type Role = Readonly<Record<string, readonly string[]>>;

/** What one request needs, as IAM judges it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
interface Needed {
  action: string;
  key: string;
}

export interface RoleGuard {
  /** For a proxy: refuses with HTTP 403 what the role may not. */
  fate(method: string, url: URL, headers: IncomingMessage["headers"]): Fate;
  /** What was refused, `action key`, each once. */
  readonly refused: ReadonlySet<string>;
  /** Rights of the role that nothing needed, `action pattern`. */
  unused(): string[];
}

/** Stands in for the policies of a role, before a real server: every request is judged by what it would need of AWS. `prefix` is bucket, prefix and cluster. */
export function guardRole(role: Role, prefix: string): RoleGuard {
  const refused = new Set<string>();
  const used = new Set<string>();
  const isAllowed = ({ action, key }: Needed) => {
    const patterns = role[action]?.filter((pattern) => matches(pattern, key)) ?? [];
    for (const pattern of patterns) used.add(`${action} ${pattern}`);
    return patterns.length > 0;
  };
  return {
    refused,
    fate: (method, url, headers) => {
      const denied = neededFor(method, url, headers, prefix).filter((needed) => !isAllowed(needed));
      for (const { action, key } of denied) refused.add(`${action} ${key}`);
      return denied.length === 0 ? "pass" : { status: 403, code: "AccessDenied" };
    },
    unused: () =>
      Object.entries(role)
        .flatMap(([action, patterns]) => patterns.map((pattern) => `${action} ${pattern}`))
        .filter((right) => !used.has(right)),
  };
}

function matches(pattern: string, key: string): boolean {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "s").test(key);
}

function neededFor(method: string, { pathname, searchParams }: URL, headers: IncomingMessage["headers"], prefix: string): Needed[] {
  const path = decodeURIComponent(pathname).replace(/^\//, "");
  const bucket = prefix.split("/")[0] ?? "";
  const below = (key: string) => (key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : `/${key}`);
  const has = (name: string) => searchParams.has(name);
  if (path.replace(/\/$/, "") === bucket) {
    const listed = below(`${bucket}/${searchParams.get("prefix") ?? ""}`);
    const action = has("versions")
      ? "s3:ListBucketVersions"
      : has("uploads")
        ? "s3:ListBucketMultipartUploads"
        : has("object-lock")
          ? "s3:GetBucketObjectLockConfiguration"
          : "s3:ListBucket";
    return [{ action, key: has("object-lock") ? "" : listed }];
  }
  const key = below(path);
  const one = (action: string): Needed[] => [{ action, key }];
  const version = has("versionId") ? "Version" : "";
  if (method === "DELETE") return one(has("uploadId") ? "s3:AbortMultipartUpload" : `s3:DeleteObject${version}`);
  if (method === "GET" && has("retention")) return one("s3:GetObjectRetention");
  if (method === "GET" && has("legal-hold")) return one("s3:GetObjectLegalHold");
  if (method === "GET" || method === "HEAD") return one(`s3:GetObject${version}`);
  const tagged = headers["x-amz-tagging"] === undefined ? [] : one("s3:PutObjectTagging");
  if (method === "POST" || (method === "PUT" && headers["x-amz-copy-source"] === undefined && !has("tagging") && !has("retention"))) {
    return [...one("s3:PutObject"), ...tagged];
  }
  return one(`unknown: ${method} ${searchParams.toString()}`);
}
