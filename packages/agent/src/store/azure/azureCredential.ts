import type { TokenCredential } from "@azure/identity";
import type { StorageSharedKeyCredential } from "@azure/storage-blob";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Environment } from "../../configuration/Environment.js";
import { readSecret } from "../../configuration/readSecret.js";

/** Who asks: a key or an identity, or a signature that is part of every address. */
export type AzureCredential =
  | { credential: StorageSharedKeyCredential | TokenCredential; signature?: undefined }
  | { credential?: undefined; signature: string };

/**
 * Credentials from the environment or its files: the account's key (AZURE_STORAGE_KEY), a shared access signature (AZURE_STORAGE_SAS_TOKEN), an application's secret
 * (AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET), else whatever identity the machine or the Pod has, or the user after `az login`.
 */
export async function azureCredential(environment: Environment, account: string | undefined): Promise<AzureCredential> {
  const key = await readSecret(environment, "AZURE_STORAGE_KEY");
  const signature = await readSecret(environment, "AZURE_STORAGE_SAS_TOKEN");
  if (key !== undefined && signature !== undefined) {
    throw refusal(
      "AZURE_STORAGE_KEY and AZURE_STORAGE_SAS_TOKEN",
      "both are set, and which one counts cannot be told",
      "unset one of them",
    );
  }
  if (signature !== undefined) return { signature: signature.replace(/^\?/, "") };
  if (key !== undefined) {
    if (account === undefined)
      throw refusal("store.account", "it is not set, and a key is nothing without it", "set it, or AZURE_STORAGE_ACCOUNT");
    const { StorageSharedKeyCredential } = await import("@azure/storage-blob");
    return { credential: new StorageSharedKeyCredential(account, key) };
  }
  // Loaded only where it is needed: it takes half a second and 25 MB.
  const { ClientSecretCredential, DefaultAzureCredential } = await import("@azure/identity");
  const secret = await readSecret(environment, "AZURE_CLIENT_SECRET");
  if (secret === undefined) return { credential: new DefaultAzureCredential() };
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client } = environment;
  if (!tenant || !client) {
    const missing = tenant ? "AZURE_CLIENT_ID" : "AZURE_TENANT_ID";
    throw refusal(missing, "it is not set, and AZURE_CLIENT_SECRET is nothing without it", `set ${missing}`);
  }
  return { credential: new ClientSecretCredential(tenant, client, secret) };
}

function refusal(where: string, reason: string, next: string): ProblemError {
  return new ProblemError(ExitCode.Configuration, { where, reason, next });
}
