import { randomBytes } from "node:crypto";
import type { Existing } from "../ResourceKind.js";
import type { PlainProperties } from "../wireValues.js";
import type { ApiServer, ObjectName } from "./ApiServer.js";
import { mapOf } from "./mapOf.js";
import { ServerRefusal } from "./ServerRefusal.js";

/*
 * As the official provider does it in its default mode, read in v4 of github.com/pulumi/pulumi-kubernetes: what is asked of the server in
 * provider/pkg/await/await.go (Creation, ssaUpdate, patchForce, Deletion), when and what comes of it in provider/pkg/provider/provider.go
 * (Create, Update, fieldManagerName, checkpointObject). `comeUp` waits for a Job; the official one waits for others as well.
 */

/** Creates an object, or takes over one of that name as far as nobody else set something different. */
export async function createByApply(server: ApiServer, object: PlainProperties): Promise<Existing> {
  const manager = fieldManager(object, undefined);
  return await told(object, "resource % was not successfully created by the Kubernetes API server", async () =>
    existing(await server.apply(nameOf(object), object, manager, { force: forced(object), dryRun: false }), manager),
  );
}

/** What a create would give; undefined where the server cannot tell, and a preview then goes without. */
export async function dryCreate(server: ApiServer, object: PlainProperties): Promise<PlainProperties | undefined> {
  if (!(await server.knows(nameOf(object)))) return undefined;
  const manager = fieldManager(object, undefined);
  // Always by force: in a replacement, the object that is to go holds the fields.
  const dry = (named: PlainProperties) => server.apply(nameOf(named), named, manager, { force: true, dryRun: true });
  return await told(object, "resource % was not successfully created by the Kubernetes API server", async () => {
    try {
      const answer = await dry(object).catch(async (error: unknown) => {
        // A dry run cannot delete first, so it is asked for an object of another name.
        if (!(error instanceof ServerRefusal && error.reason === "Invalid" && error.message.includes("field is immutable"))) throw error;
        const name = `${nameOf(object).name}${randomBytes(3).toString("hex").slice(0, 5)}`;
        return await dry({ ...object, metadata: { ...mapOf(object.metadata), name } });
      });
      const { status: _, ...foreseen } = existing(answer, manager).outputs;
      return foreseen;
    } catch (error) {
      if (isForbidden(error) || (error instanceof ServerRefusal && error.status === 404 && error.details.kind === "namespaces"))
        return undefined;
      throw error;
    }
  });
}

export async function updateByApply(server: ApiServer, old: PlainProperties, object: PlainProperties): Promise<Existing> {
  return await change(server, old, object, false);
}

export async function dryUpdate(server: ApiServer, old: PlainProperties, object: PlainProperties): Promise<PlainProperties | undefined> {
  if (!(await server.knows(nameOf(object)))) return undefined;
  try {
    return (await change(server, old, object, true)).outputs;
  } catch (error) {
    if (isForbidden(error instanceof Error ? error.cause : error)) return undefined;
    throw error;
  }
}

async function change(server: ApiServer, old: PlainProperties, object: PlainProperties, dryRun: boolean): Promise<Existing> {
  const manager = fieldManager(object, old);
  return await told(object, 'the Kubernetes API server reported that "%" failed to fully initialize or become live', async () => {
    const name = nameOf(object);
    // Apply would make it anew.
    if ((await server.read(name)) === undefined) throw new ServerRefusal(404, "NotFound", `${object.kind} "${name.name}" not found`);
    return existing(await server.apply(name, object, manager, { force: forced(object), dryRun }), manager);
  });
}

/** By its id, which is all that is known of what is imported. */
export async function readExisting(server: ApiServer, typed: PlainProperties, id: string, state: PlainProperties) {
  const [name = "", namespace = ""] = id.split("/").reverse();
  const live = await server.read(nameOf({ ...typed, metadata: { name, namespace } }));
  return live === undefined ? undefined : existing(live, fieldManager(live, state));
}

function existing(live: PlainProperties, manager: string): Existing {
  const { namespace, name } = nameOf(live);
  const id = namespace === undefined ? name : `${namespace}/${name}`;
  return { id, outputs: { ...live, __fieldManager: manager, __initialApiVersion: String(live.apiVersion) } };
}

export function nameOf({ apiVersion, kind, metadata }: PlainProperties): ObjectName {
  const { name, namespace } = mapOf(metadata);
  return {
    apiVersion: String(apiVersion),
    kind: String(kind),
    name: String(name),
    namespace: typeof namespace === "string" && namespace !== "" ? namespace : undefined,
  };
}

function fieldManager(object: PlainProperties, old: PlainProperties | undefined): string {
  const asked = annotationsOf(object)["pulumi.com/patchFieldManager"] ?? old?.__fieldManager;
  return typeof asked === "string" && asked !== "" ? asked : `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
}

function forced(object: PlainProperties): boolean {
  return annotationsOf(object)["pulumi.com/patchForce"] === "true";
}

function annotationsOf({ metadata }: PlainProperties): PlainProperties {
  return mapOf(mapOf(metadata).annotations);
}

function isForbidden(error: unknown): boolean {
  return error instanceof ServerRefusal && error.status === 403;
}

async function told<Result>(object: PlainProperties, what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { namespace = "default", name } = nameOf(object);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${what.replace("%", () => `${namespace}/${name}`)}: ${reason}`, { cause: error });
  }
}
