import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { readKubeconfig } from "../engine/providers/kubernetes/readKubeconfig.js";

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
export type AnyObject = any;

const TYPES: Record<string, string> = { PATCH: "application/merge-patch+json" };

/** Plain requests to an API server, for what stands in for controllers and drivers. */
export class ClusterClient {
  private readonly access;
  private readonly agent = new Agent({ keepAlive: true });

  constructor(kubeconfig: string) {
    this.access = readKubeconfig(kubeconfig);
  }

  async get(path: string): Promise<AnyObject | undefined> {
    const { status, body } = await this.ask("GET", path);
    return status === 404 ? undefined : this.expected(status, body, `GET ${path}`);
  }

  async list(path: string): Promise<AnyObject[]> {
    const { status, body } = await this.ask("GET", path);
    return this.expected(status, body, `GET ${path}`).items;
  }

  async create(path: string, object: AnyObject): Promise<AnyObject> {
    const { status, body } = await this.ask("POST", path, object);
    return this.expected(status, body, `POST ${path}`);
  }

  /** Nothing where it is gone. */
  async patch(path: string, fields: AnyObject): Promise<AnyObject | undefined> {
    const { status, body } = await this.ask("PATCH", path, fields);
    return status === 404 ? undefined : this.expected(status, body, `PATCH ${path}`);
  }

  async remove(path: string, options: AnyObject = {}): Promise<void> {
    const { status, body } = await this.ask("DELETE", path, { apiVersion: "v1", kind: "DeleteOptions", ...options });
    if (status !== 404) this.expected(status, body, `DELETE ${path}`);
  }

  close(): void {
    this.agent.destroy();
  }

  private expected(status: number, body: AnyObject, what: string): AnyObject {
    if (status < 300) return body;
    throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
  }

  private async ask(method: string, path: string, body?: AnyObject): Promise<{ status: number; body: AnyObject }> {
    for (let tries = 0; ; tries += 1) {
      const answer = await this.askOnce(method, path, body);
      // "storage is (re)initializing": a custom resource is new.
      if (answer.status !== 429 || tries > 20) return answer;
      await sleep(500);
    }
  }

  private askOnce(method: string, path: string, body?: AnyObject): Promise<{ status: number; body: AnyObject }> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${this.access.token}`,
      "content-type": TYPES[method] ?? "application/json",
      "content-length": Buffer.byteLength(text),
    };
    const trust = this.access.ca === undefined ? {} : { ca: this.access.ca };
    return new Promise((resolve, reject) => {
      const asked = request(`${this.access.server}${path}`, { method, headers, agent: this.agent, ...trust }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const told = Buffer.concat(chunks).toString("utf8");
          resolve({ status: answer.statusCode ?? 0, body: told.startsWith("{") ? JSON.parse(told) : told });
        });
      });
      asked.on("error", reject);
      asked.end(text);
    });
  }
}
