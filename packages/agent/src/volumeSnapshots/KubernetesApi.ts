import { setTimeout as sleep } from "node:timers/promises";
import { HttpMethod, IsomorphicFetchHttpLibrary, type KubeConfig, RequestContext } from "@kubernetes/client-node";
import { kubernetesProblem, refusalProblem } from "./kubernetesProblem.js";

type Verb = "get" | "list" | "watch" | "create" | "patch" | "delete";

/** Which objects are meant. */
export interface ResourcePlace {
  /** Empty for the oldest group. */
  group: string;
  version: string;
  /** For example `volumesnapshots`. */
  resource: string;
  /** Undefined for objects of the whole cluster. */
  namespace?: string;
}

interface Question {
  verb: Verb;
  place: ResourcePlace;
  name?: string;
  query?: Record<string, string>;
  body?: object;
  /** Answers besides success that are told by their status, not thrown. */
  accepted?: readonly number[];
}

interface Answer {
  status: number;
  text: string;
}

const METHODS = { get: "GET", list: "GET", watch: "GET", create: "POST", patch: "PATCH", delete: "DELETE" } as const;
/** One answer; a server that says nothing for so long is gone. While workloads are stopped, waiting longer would keep them so. */
const SILENCE_MILLISECONDS = 15_000;
const PAUSES = [500, 1000, 2000, 4000];
/** The server, or what stands before it, asks for another try. */
const WORTH_ANOTHER_TRY = new Set([429, 500, 502, 503, 504]);

/** Requests to one cluster's API server. What it refuses is a ProblemError that names the verb and the resource. */
export class KubernetesApi {
  private readonly http = new IsomorphicFetchHttpLibrary();
  private connections: ReturnType<RequestContext["getDispatcher"]>;

  /** @param signal ends every request; undefined for what must be done even when the run was interrupted */
  constructor(
    private readonly access: KubeConfig,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** The same, for what is done after an interruption. */
  withSignal(signal: AbortSignal | undefined): KubernetesApi {
    return new KubernetesApi(this.access, signal);
  }

  async get<Found>(place: ResourcePlace, name: string): Promise<Found | undefined> {
    const { status, text } = await this.ask({ verb: "get", place, name, accepted: [404] });
    return status === 404 ? undefined : (JSON.parse(text) as Found);
  }

  async list<Found>(place: ResourcePlace, labelSelector?: string): Promise<{ items: Found[]; resourceVersion: string }> {
    const items: Found[] = [];
    for (let next: string | undefined; ; ) {
      const query = {
        limit: "500",
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(next === undefined ? {} : { continue: next }),
      };
      const { text } = await this.ask({ verb: "list", place, query });
      const page = JSON.parse(text) as { items: Found[]; metadata: { resourceVersion: string; continue?: string } };
      items.push(...page.items);
      next = page.metadata.continue;
      if (!next) return { items, resourceVersion: page.metadata.resourceVersion };
    }
  }

  /** What happened to objects since a version of their list, watched for some seconds. Undefined where the server no longer knows. */
  async watch<Found>(
    place: ResourcePlace,
    resourceVersion: string,
    seconds: number,
  ): Promise<{ type: string; object: Found }[] | undefined> {
    const query = { watch: "true", allowWatchBookmarks: "true", resourceVersion, timeoutSeconds: String(seconds) };
    const { status, text } = await this.ask({ verb: "watch", place, query, accepted: [410] });
    if (status === 410) return undefined;
    const lines = text.split("\n").filter((line) => line !== "");
    const events = lines.map((line) => JSON.parse(line) as { type: string; object: Found });
    return events.some(({ type }) => type === "ERROR") ? undefined : events;
  }

  /** Undefined where something of that name is there already. */
  async create<Found>(place: ResourcePlace, body: object): Promise<Found | undefined> {
    const { status, text } = await this.ask({ verb: "create", place, body, accepted: [409] });
    return status === 409 ? undefined : (JSON.parse(text) as Found);
  }

  /** Merges fields into an object. Undefined where it changed since the version that the fields name, or is gone. */
  async patch<Found>(place: ResourcePlace, name: string, body: object): Promise<Found | undefined> {
    const { status, text } = await this.ask({ verb: "patch", place, name, body, accepted: [404, 409] });
    return status === 404 || status === 409 ? undefined : (JSON.parse(text) as Found);
  }

  /** Whether there was such an object; one of another uid under its name is none. */
  async remove(place: ResourcePlace, name: string, uid: string): Promise<boolean> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } };
    const { status } = await this.ask({ verb: "delete", place, name, body, accepted: [404, 409] });
    return status !== 404 && status !== 409;
  }

  /** Versions of a group that the cluster serves. */
  async servedVersions(group: string): Promise<string[]> {
    const { status, text } = await this.send("GET", `/apis/${group}`, {}, undefined);
    if (status === 404) return [];
    if (status !== 200) throw refusalProblem({ status, text }, "get", `the API group ${group}`);
    return (JSON.parse(text) as { versions: { version: string }[] }).versions.map(({ version }) => version);
  }

  private async ask({ verb, place, name, query = {}, body, accepted = [] }: Question): Promise<Answer> {
    const root = place.group === "" ? `/api/${place.version}` : `/apis/${place.group}/${place.version}`;
    const namespace = place.namespace === undefined ? "" : `/namespaces/${place.namespace}`;
    const path = `${root}${namespace}/${place.resource}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
    const answer = await this.send(METHODS[verb], path, query, body);
    if (answer.status < 300 || accepted.includes(answer.status)) return answer;
    const resource = place.group === "" ? place.resource : `${place.resource}.${place.group}`;
    throw refusalProblem(answer, verb, `${resource}${name === undefined ? "" : ` ${name}`}`, place.namespace);
  }

  private async send(method: string, path: string, query: Record<string, string>, body: object | undefined): Promise<Answer> {
    for (let tries = 0; ; tries += 1) {
      const pause = PAUSES[tries];
      try {
        const answer = await this.sendOnce(method, path, query, body);
        if (pause === undefined || !WORTH_ANOTHER_TRY.has(answer.status)) return answer;
      } catch (error) {
        this.signal?.throwIfAborted();
        if (pause === undefined) throw kubernetesProblem(error, this.access.getCurrentCluster()?.server);
      }
      await sleep(pause, undefined, this.signal === undefined ? {} : { signal: this.signal });
    }
  }

  private async sendOnce(method: string, path: string, query: Record<string, string>, body: object | undefined): Promise<Answer> {
    const context = new RequestContext(`${this.access.getCurrentCluster()?.server}${path}`, method as HttpMethod);
    for (const [name, value] of Object.entries(query)) context.setQueryParam(name, value);
    context.setHeaderParam("accept", "application/json");
    context.setHeaderParam("user-agent", "pgkeep");
    if (body !== undefined) {
      context.setHeaderParam("content-type", method === HttpMethod.PATCH ? "application/merge-patch+json" : "application/json");
      context.setBody(JSON.stringify(body));
    }
    const silence = AbortSignal.timeout(SILENCE_MILLISECONDS + Number(query.timeoutSeconds ?? 0) * 1000);
    context.setSignal(this.signal === undefined ? silence : AbortSignal.any([silence, this.signal]));
    await this.access.applySecurityAuthentication(context);
    // The library makes one for each request, which would be a TLS handshake for each.
    this.connections ??= context.getDispatcher();
    if (this.connections !== undefined) context.setDispatcher(this.connections);
    const answer = await this.http.send(context).toPromise();
    return { status: answer.httpStatusCode, text: await answer.body.text() };
  }
}
