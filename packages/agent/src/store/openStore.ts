import { fileURLToPath } from "node:url";
import { type AgentConfig, ExitCode, ProblemError, STORE_URL_FORMS, storeCredentialsPlace, storeKindOf } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import { FolderStore } from "./FolderStore.js";
import { isObjectKey } from "./objectKey.js";
import { maximumPartsOf } from "./partPlan.js";
import type { Store } from "./Store.js";

type StoreConfig = AgentConfig["store"];

/** Opens the store that the configuration names. Nothing is asked of it yet: that it is there shows at its first use. */
export async function openStore(config: StoreConfig, environment: Environment): Promise<Store> {
  switch (storeKindOf(config.url)) {
    case "file":
      return new FolderStore(folderOf(config.url));
    case "s3":
      return await openS3Store(config, environment);
    case "gs":
      return await openGcsStore(config, environment);
    case "azblob":
      return await openAzureStore(config, environment);
    default:
      throw refusal(config.url, "no store of this kind exists", STORE_URL_FORMS);
  }
}

function folderOf(url: string): string {
  const allowed = "file:///absolute/folder, with three slashes";
  if (!/^file:\/\/\/[^?#]+$/i.test(url)) throw refusal(url, "this is not the URL of a folder on this machine", allowed);
  const folder = fileURLToPath(url).replace(/\/+$/, "");
  if (folder === "") throw refusal(url, "the root of the file system is no place for a store", allowed);
  return folder;
}

async function openS3Store(config: StoreConfig, environment: Environment): Promise<Store> {
  const { name, prefix } = placeOf(config.url, "bucket", "s3://bucket or s3://bucket/prefix");
  const endpoint = endpointOf(config);
  // Loaded only where it is needed: the SDK takes a quarter of a second and 30 MB.
  const [{ s3Client }, { S3Bucket }, { S3Store }] = await Promise.all([
    import("./s3Client.js"),
    import("./S3Bucket.js"),
    import("./S3Store.js"),
  ]);
  const client = s3Client(config, environment);
  return new S3Store(new S3Bucket(client, name, prefix, maximumPartsOf(endpoint?.hostname), config.checksums === "when_required"));
}

async function openGcsStore(config: StoreConfig, environment: Environment): Promise<Store> {
  const { name, prefix } = placeOf(config.url, "bucket", "gs://bucket or gs://bucket/prefix");
  endpointOf(config);
  const [{ GCS_ENDPOINT, GcsClient }, { gcsAuthorization }, { GcsBucket }, { GcsStore }] = await Promise.all([
    import("./gcs/GcsClient.js"),
    import("./gcs/gcsAuthorization.js"),
    import("./gcs/GcsBucket.js"),
    import("./gcs/GcsStore.js"),
  ]);
  const endpoint = config.endpoint ?? GCS_ENDPOINT;
  return new GcsStore(new GcsBucket(new GcsClient(endpoint, gcsAuthorization(environment, endpoint)), name, prefix));
}

async function openAzureStore(config: StoreConfig, environment: Environment): Promise<Store> {
  const { name, prefix } = placeOf(config.url, "container", "azblob://container or azblob://container/prefix");
  endpointOf(config);
  const account = config.account ?? (environment.AZURE_STORAGE_ACCOUNT || undefined);
  const endpoint = config.endpoint ?? (account === undefined ? undefined : `https://${account}.blob.core.windows.net`);
  if (endpoint === undefined) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "store.account",
      reason: "it is not set, and a container is found only by its storage account",
      next: "set store.account, or AZURE_STORAGE_ACCOUNT, or store.endpoint to the address of the Blob service",
    });
  }
  // Loaded only where it is needed: the SDK takes a fifth of a second and 24 MB.
  const [{ azureCredential }, { AzureContainer }, { AzureStore }] = await Promise.all([
    import("./azure/azureCredential.js"),
    import("./azure/AzureContainer.js"),
    import("./azure/AzureStore.js"),
  ]);
  return new AzureStore(new AzureContainer(endpoint, name, prefix, await azureCredential(environment, account)));
}

/** Bucket and prefix; the prefix is empty or ends in a slash. */
function placeOf(url: string, what: string, form: string): { name: string; prefix: string } {
  const allowed = `${form}; the prefix in printable ASCII, no segment beginning with a dot`;
  const [, name = "", path = ""] = /^[a-z0-9]+:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:\/([^?#]*))?$/i.exec(url) ?? [];
  const prefix = path.replace(/\/+$/, "");
  // An underscore is possible in a bucket of Google only.
  if (name === "" || (name.includes("_") && storeKindOf(url) !== "gs")) throw refusal(url, `this is not the URL of a ${what}`, allowed);
  if (prefix !== "" && !isObjectKey(prefix)) throw refusal(url, "the prefix cannot be part of a key", allowed);
  return { name, prefix: prefix === "" ? "" : `${prefix}/` };
}

function endpointOf({ url, endpoint }: StoreConfig): URL | undefined {
  const address = endpoint === undefined ? undefined : new URL(endpoint);
  if (!address || (address.username === "" && address.password === "" && address.search === "" && /^https?:$/.test(address.protocol))) {
    return address;
  }
  throw new ProblemError(ExitCode.Configuration, {
    where: "store.endpoint",
    received: address.protocol.startsWith("http") ? "an address with a user name, a password or a query" : address.protocol,
    allowed: "https://host:port, or http:// on a trusted network",
    reason: "credentials come from the environment or its files, never from the configuration",
    next: `use ${storeCredentialsPlace(url)}`,
  });
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
