import { fileURLToPath } from "node:url";
import type { AgentConfig } from "@pgkeep/core";
import { shellWord } from "../terminal/shellWord.js";

/** The command of a public program that copies one object of the store into the working folder. */
export function fetchCommand(store: AgentConfig["store"], key: string): string {
  const { url, endpoint, region, account } = store;
  const scheme = url.slice(0, url.indexOf(":")).toLowerCase();
  const address = `${url.replace(/\/+$/, "")}/${key}`;
  if (scheme === "file") return `cp -- ${shellWord(`${fileURLToPath(url).replace(/\/+$/, "")}/${key}`)} .`;
  if (scheme === "gs") return `gcloud storage cp ${shellWord(address)} .`;
  if (scheme === "azblob") return azureCommand(url, account, endpoint, key);
  const options = [
    ...(endpoint === undefined ? [] : ["--endpoint-url", shellWord(endpoint)]),
    ...(region === undefined ? [] : ["--region", shellWord(region)]),
  ];
  return ["aws s3 cp --only-show-errors", ...options, shellWord(address), "."].join(" ");
}

/** The program that it is, for the list of what is needed. */
export function fetchProgram({ url }: AgentConfig["store"]): string {
  const scheme = url.slice(0, url.indexOf(":")).toLowerCase();
  return { file: "cp", gs: "gcloud", azblob: "az" }[scheme] ?? "aws";
}

function azureCommand(url: string, account: string | undefined, endpoint: string | undefined, key: string): string {
  const [, container = "", prefix = ""] = /^azblob:\/\/([^/]+)\/?(.*)$/i.exec(url) ?? [];
  const name = [prefix.replace(/\/+$/, ""), key].filter((part) => part !== "").join("/");
  const words = ["--container-name", container, "--name", name, "--file", key.slice(key.lastIndexOf("/") + 1)];
  const place = [
    ...(account === undefined ? [] : ["--account-name", account]),
    ...(endpoint === undefined ? [] : ["--blob-endpoint", endpoint]),
  ];
  return ["az storage blob download --no-progress --output none", ...[...place, ...words].map(shellWord)].join(" ");
}
