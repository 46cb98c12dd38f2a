import { fileURLToPath } from "node:url";
import { type AgentConfig, ExitCode, ProblemError } from "@pgkeep/core";
import { FolderStore } from "./FolderStore.js";
import { isObjectKey } from "./objectKey.js";
import { maximumPartsOf } from "./partPlan.js";
import type { Store } from "./Store.js";

type StoreConfig = AgentConfig["store"];

/** Opens the store that the configuration names. Nothing is asked of it yet: that it is there shows at its first use. */
export async function openStore(config: StoreConfig, environment: Readonly<Record<string, string | undefined>>): Promise<Store> {
  const scheme = /^([a-z0-9+.-]+):/i.exec(config.url)?.[1]?.toLowerCase();
  if (scheme === "file") return new FolderStore(folderOf(config.url));
  if (scheme === "s3") return await openS3Store(config, environment);
  throw refusal(config.url, "no store of this kind exists", "file:///absolute/folder, s3://bucket/prefix");
}

function folderOf(url: string): string {
  const allowed = "file:///absolute/folder, with three slashes";
  if (!/^file:\/\/\/[^?#]+$/i.test(url)) throw refusal(url, "this is not the URL of a folder on this machine", allowed);
  const folder = fileURLToPath(url).replace(/\/+$/, "");
  if (folder === "") throw refusal(url, "the root of the file system is no place for a store", allowed);
  return folder;
}

async function openS3Store(config: StoreConfig, environment: Readonly<Record<string, string | undefined>>): Promise<Store> {
  const allowed = "s3://bucket or s3://bucket/prefix; the prefix in printable ASCII, no segment beginning with a dot";
  const [, bucket = "", path = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^?#]*))?$/i.exec(config.url) ?? [];
  const prefix = path.replace(/\/+$/, "");
  if (bucket === "") throw refusal(config.url, "this is not the URL of a bucket", allowed);
  if (prefix !== "" && !isObjectKey(prefix)) throw refusal(config.url, "the prefix cannot be part of a key", allowed);
  const endpoint = config.endpoint === undefined ? undefined : new URL(config.endpoint);
  if (endpoint && (endpoint.username !== "" || endpoint.password !== "" || !/^https?:$/.test(endpoint.protocol))) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "store.endpoint",
      received: endpoint.protocol.startsWith("http") ? "an address with a user name or a password" : endpoint.protocol,
      allowed: "https://host:port, or http:// on a trusted network",
      reason: "credentials come from the environment or its files, never from the configuration",
      next: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead",
    });
  }
  // Loaded only where it is needed: the SDK takes a quarter of a second and 30 MB.
  const [{ s3Client }, { S3Bucket }, { S3Store }] = await Promise.all([
    import("./s3Client.js"),
    import("./S3Bucket.js"),
    import("./S3Store.js"),
  ]);
  return new S3Store(
    new S3Bucket(
      s3Client(config, environment),
      bucket,
      prefix === "" ? "" : `${prefix}/`,
      maximumPartsOf(endpoint?.hostname),
      config.checksums === "when_required",
    ),
  );
}

function refusal(url: string, reason: string, allowed: string): ProblemError {
  return new ProblemError(ExitCode.Configuration, {
    where: "store.url",
    received: withoutSecrets(url),
    reason,
    allowed,
    next: "correct store.url in the configuration",
  });
}

/** Somebody may have written a password into it. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//…@").replace(/[?#].*$/, "");
}
