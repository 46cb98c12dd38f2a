import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { ApiServer } from "./engine/providers/kubernetes/ApiServer.js";
import { readKubeconfig } from "./engine/providers/kubernetes/readKubeconfig.js";
import type { PlainProperties } from "./engine/providers/wireValues.js";
import { missingKubernetes, type TestKubernetes } from "./kubernetesServer.js";

/** Why a test that needs them cannot run here; undefined when it can. */
export function missingCustomResources(): string | undefined {
  return (
    missingKubernetes() ?? (process.env.PGKEEP_CUSTOM_RESOURCES === undefined ? "the custom resources are not on this machine" : undefined)
  );
}

/** Gives the API server the custom resources of these groups, as their projects released them, and waits until it serves them. */
export async function installCustomResources(kubernetes: Pick<TestKubernetes, "kubeconfig">, groups: readonly string[]): Promise<void> {
  const folder = process.env.PGKEEP_CUSTOM_RESOURCES ?? "";
  const server = new ApiServer(kubernetes.kubeconfig, undefined, undefined);
  try {
    for (const group of groups) {
      const files = readdirSync(folder).filter((file) => file.startsWith(`${group}_`));
      if (files.length === 0) throw new Error(`${folder} holds no custom resources of ${group}.`);
      for (const file of files) await install(server, parse(readFileSync(join(folder, file), "utf8")) as PlainProperties);
    }
  } finally {
    server.close();
  }
}

async function install(server: ApiServer, definition: PlainProperties): Promise<void> {
  const { apiVersion, kind } = { apiVersion: String(definition.apiVersion), kind: String(definition.kind) };
  const object = { apiVersion, kind, namespace: undefined, name: (definition.metadata as { name: string }).name };
  await server.apply(object, definition, "pgkeep-tests", { force: true, dryRun: false });
  const { group, names, versions } = definition.spec as {
    group: string;
    names: { kind: string };
    versions: { name: string; served: boolean }[];
  };
  const served = versions.filter((version) => version.served).map((version) => `${group}/${version.name}`);
  for (const deadline = Date.now() + 30_000; ; await sleep(50)) {
    const known = await Promise.all(served.map((version) => server.knows({ ...object, apiVersion: version, kind: names.kind })));
    if (known.every(Boolean)) return;
    if (Date.now() > deadline) throw new Error(`The API server does not serve ${object.name} after 30 seconds.`);
  }
}

/** What the API server says of an object under strict field validation: its words of refusal, or nothing. Nothing is made. */
export async function strictRefusal(kubernetes: TestKubernetes, path: string, manifest: object): Promise<string | undefined> {
  const { server, token, ca } = readKubeconfig(kubernetes.kubeconfig);
  const address = `${server}${path}?dryRun=All&fieldValidation=Strict&fieldManager=pgkeep-tests`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return await new Promise((resolve, reject) => {
    const asked = request(address, { method: "POST", headers, agent: false, ...(ca === undefined ? {} : { ca }) }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        if ((answer.statusCode ?? 0) < 300) resolve(undefined);
        else resolve(text.startsWith("{") ? String((JSON.parse(text) as { message?: unknown }).message) : `${answer.statusCode} ${text}`);
      });
    });
    asked.on("error", reject);
    asked.end(JSON.stringify(manifest));
  });
}
