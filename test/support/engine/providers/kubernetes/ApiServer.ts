import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { PlainProperties, PlainValue } from "../wireValues.js";
import { mapOf } from "./mapOf.js";
import { type Access, readKubeconfig } from "./readKubeconfig.js";
import { ServerRefusal } from "./ServerRefusal.js";

/** Which object is meant. */
export interface ObjectName {
  apiVersion: string;
  kind: string;
  namespace: string | undefined;
  name: string;
}

interface Question {
  method: "GET" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string>;
  type?: string;
  body?: PlainProperties;
}

/** The API server that a provider resource points at, by its kubeconfig. */
export class ApiServer {
  private readonly access: Access;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly folders = new Map<string, { plural: string; namespaced: boolean }>();

  constructor(kubeconfig: string, context: string | undefined, namespace: string | undefined) {
    this.access = readKubeconfig(kubeconfig, context);
    if (namespace !== undefined) this.access.namespace = namespace;
  }

  /** What is there, as the server tells it; undefined when nothing is. */
  async read(object: ObjectName): Promise<PlainProperties | undefined> {
    try {
      return await this.ask({ method: "GET", path: await this.pathOf(object) });
    } catch (error) {
      if (error instanceof ServerRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Server-side apply; with `dryRun`, the server goes all the way and keeps nothing. */
  async apply(object: ObjectName, body: PlainProperties, fieldManager: string, options: { force: boolean; dryRun: boolean }) {
    const query = { fieldManager, force: String(options.force), fieldValidation: "Warn", ...(options.dryRun ? { dryRun: "All" } : {}) };
    return await this.ask({ method: "PATCH", path: await this.pathOf(object), query, type: "application/apply-patch+yaml", body });
  }

  /** What of a kind bears a label. */
  async list(kind: Omit<ObjectName, "name">, labelSelector: string): Promise<PlainProperties[]> {
    const path = (await this.pathOf({ ...kind, name: "" })).replace(/\/$/, "");
    const { items } = await this.ask({ method: "GET", path, query: { labelSelector } });
    return Array.isArray(items) ? items.map(mapOf) : [];
  }

  /** Deletes it and what depends on it, and waits until it is gone. */
  async remove(object: ObjectName): Promise<void> {
    try {
      const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground" };
      await this.ask({ method: "DELETE", path: await this.pathOf(object), type: "application/json", body });
    } catch (error) {
      if (error instanceof ServerRefusal && error.status === 404) return;
      throw error;
    }
    for (const deadline = Date.now() + 300_000; (await this.read(object)) !== undefined; await sleep(50)) {
      if (Date.now() > deadline) throw new Error(`Timed out waiting for deletion of ${object.apiVersion}/${object.kind} "${object.name}"`);
    }
  }

  /** Whether the server has such objects at all: a custom resource's kind may come with the same `up`. */
  async knows(object: ObjectName): Promise<boolean> {
    return (await this.folderOf(object)) !== undefined;
  }

  /** Where an object without a namespace goes; undefined for one that belongs to none. */
  async namespaceOf(object: ObjectName): Promise<string | undefined> {
    const folder = await this.folderOf(object);
    return folder?.namespaced === false ? undefined : (object.namespace ?? this.access.namespace ?? "default");
  }

  close(): void {
    this.agent.destroy();
  }

  private async pathOf(object: ObjectName): Promise<string> {
    const folder = await this.folderOf(object);
    if (folder === undefined)
      throw new ServerRefusal(404, "NotFound", `no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
    const namespace = await this.namespaceOf(object);
    const place = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
    return `${rootOf(object.apiVersion)}${place}/${folder.plural}/${encodeURIComponent(object.name)}`;
  }

  private async folderOf({ apiVersion, kind }: ObjectName): Promise<{ plural: string; namespaced: boolean } | undefined> {
    const key = `${apiVersion}/${kind}`;
    if (!this.folders.has(key)) {
      const list = await this.ask({ method: "GET", path: rootOf(apiVersion) }).catch((error: unknown) => {
        if (error instanceof ServerRefusal && error.status === 404) return {} as PlainProperties;
        throw error;
      });
      const all = Array.isArray(list.resources) ? list.resources.map(mapOf) : [];
      const found = all.find((resource) => resource.kind === kind && !String(resource.name).includes("/"));
      if (found !== undefined) this.folders.set(key, { plural: String(found.name), namespaced: found.namespaced === true });
    }
    return this.folders.get(key);
  }

  private ask({ method, path, query = {}, type, body }: Question): Promise<PlainProperties> {
    const address = `${this.access.server}${path}?${new URLSearchParams(query)}`;
    const text = body === undefined ? "" : JSON.stringify(body, withoutNulls);
    const headers = {
      authorization: `Bearer ${this.access.token}`,
      ...(type === undefined ? {} : { "content-type": type }),
      // Said nowhere else for a DELETE, which has no body as a rule.
      "content-length": Buffer.byteLength(text),
    };
    const trust = this.access.ca === undefined ? {} : { ca: this.access.ca };
    return new Promise((resolve, reject) => {
      const asked = request(address, { method, headers, agent: this.agent, ...trust }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const status = answer.statusCode ?? 0;
          const told = parsed(Buffer.concat(chunks).toString("utf8"));
          if (status < 300) resolve(told);
          else reject(new ServerRefusal(status, String(told.reason ?? ""), String(told.message ?? `HTTP ${status}`), mapOf(told.details)));
        });
      });
      asked.on("error", reject);
      asked.end(text);
    });
  }
}

/** The oldest group has a place of its own. */
function rootOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function parsed(text: string): PlainProperties {
  return text.startsWith("{") ? (JSON.parse(text) as PlainProperties) : { message: text };
}

function withoutNulls(_: string, value: PlainValue): PlainValue | undefined {
  return value === null ? undefined : value;
}
