import { type AgentConfig, storeKindOf } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import { GCS_ENDPOINT } from "../store/gcs/GcsClient.js";
import type { AnonymousAccess } from "./anonymousAccess.js";

const PATIENCE_MILLISECONDS = 20_000;

/** The same as anonymousAccess for a bucket of Google Cloud Storage and for a container of Azure Blob Storage, by plain requests. */
export async function anonymousRequests(store: AgentConfig["store"], key: string, environment: Environment): Promise<AnonymousAccess> {
  const { object, listing } = storeKindOf(store.url) === "gs" ? googleAddresses(store, key) : azureAddresses(store, key, environment);
  const [read, list] = [await statusOf(object), await statusOf(listing)];
  return { readable: read === 200, listable: list === 200, answers: read !== undefined && list !== undefined };
}

interface Addresses {
  object: string;
  listing: string;
}

function googleAddresses(store: AgentConfig["store"], key: string): Addresses {
  const { name, prefix } = placeOf(store.url);
  const objects = `${baseOf(store.endpoint ?? GCS_ENDPOINT)}/storage/v1/b/${name}/o`;
  return { object: `${objects}/${encodeURIComponent(`${prefix}${key}`)}`, listing: `${objects}?maxResults=1` };
}

function azureAddresses(store: AgentConfig["store"], key: string, environment: Environment): Addresses {
  const { name, prefix } = placeOf(store.url);
  const account = store.account ?? environment.AZURE_STORAGE_ACCOUNT;
  const container = `${baseOf(store.endpoint ?? `https://${account}.blob.core.windows.net`)}/${name}`;
  const path = `${prefix}${key}`.split("/").map(encodeURIComponent).join("/");
  return { object: `${container}/${path}`, listing: `${container}?restype=container&comp=list&maxresults=1` };
}

function placeOf(url: string): { name: string; prefix: string } {
  const [, name = "", path = ""] = /^[a-z]+:\/\/([^/]+)\/?(.*)$/i.exec(url) ?? [];
  return { name, prefix: path.replace(/\/*$/, path === "" ? "" : "/") };
}

function baseOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, "");
}

/** Undefined where no answer came. */
async function statusOf(address: string): Promise<number | undefined> {
  try {
    const answer = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}
