import { randomBytes } from "node:crypto";
import type { Existing, PropertyRule, ResourceKind } from "../ResourceKind.js";
import { uuidOf } from "../uuidOf.js";
import {
  containsSecret,
  containsUnknown,
  type PlainProperties,
  plain,
  secret,
  unknown,
  type WireProperties,
  type WireValue,
} from "../wireValues.js";
import type { ApiServer } from "./ApiServer.js";
import { AFTER_CREATE, AFTER_UPDATE, comeUp } from "./comeUp.js";
import { liveInputs } from "./liveInputs.js";
import { mapOf } from "./mapOf.js";
import { createByApply, dryCreate, dryUpdate, nameOf, readExisting, updateByApply } from "./serverSideApply.js";

const annotation = "pulumi.com/autonamed";

/** The API server that the provider resource's kubeconfig points at; none in a stack that gives no kubeconfig. */
export type Cluster = ApiServer | undefined;

/** An object that the API server checks and keeps, where there is one; else it is recorded as declared, with what every server adds. */
export function kubernetesKind(apiVersion: string, kind: string, parts: Readonly<Record<string, PropertyRule>>): ResourceKind<Cluster> {
  // As the API writes the version of what Pulumi has in a module `core/v1`.
  const typed = (properties: PlainProperties) => ({ apiVersion: apiVersion.replace(/^core\//, ""), kind, ...properties });
  return {
    type: `kubernetes:${apiVersion}:${kind}`,
    source: "https://github.com/pulumi/pulumi-kubernetes/blob/v4.34.2/provider/pkg/provider/diff.go",
    properties: {
      apiVersion: { onChange: "replace" },
      kind: { onChange: "replace" },
      metadata: { onChange: "update" },
      "metadata.name": { onChange: "replace" },
      "metadata.namespace": { onChange: "replace" },
      ...parts,
    },
    // Two objects of one name cannot be: only where the provider chose the name is the new one made first.
    deleteBeforeReplace: ({ metadata }) => mapOf(mapOf(metadata).annotations)[annotation] !== "true",
    fill: autonamed,
    tryCreate: async (server, planned) => (server === undefined ? undefined : await dryCreate(server, typed(planned))),
    tryUpdate: async (server, old, planned) => (server === undefined ? undefined : await dryUpdate(server, old, typed(planned))),
    create: async (server, planned, _name, timeout) =>
      server === undefined ? recorded(planned) : await comeUp(server, await createByApply(server, typed(planned)), timeout, AFTER_CREATE),
    read: async (server, id, state) => {
      if (server !== undefined) return await readExisting(server, typed({}), id, state);
      return Object.keys(state).length === 0 ? undefined : recorded(state);
    },
    update: async (server, _id, old, planned, timeout) =>
      server === undefined
        ? recorded(planned)
        : await comeUp(server, await updateByApply(server, old, typed(planned)), timeout, AFTER_UPDATE),
    delete: async (server, _id, state) => await server?.remove(nameOf(state)),
    liveInputs,
  };
}

/**
 * Unless its name is given, or not known yet; what else is unknown in its metadata is no reason for another name. Annotations that are not known
 * stay so (AssignNameIfAutonamable, AdoptOldAutonameIfUnnamed and SetAnnotation in provider/pkg/metadata).
 */
function autonamed(inputs: WireProperties, name: string, old: WireProperties): WireProperties {
  const metadata = mapOf(inputs.metadata);
  if (metadata.name !== undefined || metadata.generateName !== undefined || inputs.metadata === unknown) return inputs;
  const before = mapOf(old.metadata);
  const kept = mapOf(plain(before.annotations ?? null))[annotation] === "true" ? before.name : undefined;
  const chosen = kept ?? `${name}-${randomBytes(4).toString("hex")}`;
  return { ...inputs, metadata: { ...metadata, name: chosen, annotations: marked(metadata.annotations) } };
}

function marked(annotations: WireValue | undefined): WireValue {
  if (containsUnknown(annotations)) return annotations ?? unknown;
  const all = { ...mapOf(plain(annotations ?? null)), [annotation]: "true" };
  return containsSecret(annotations) ? secret(all) : all;
}

function recorded(planned: PlainProperties): Existing {
  const metadata = mapOf(planned.metadata);
  const namespace = metadata.namespace ?? "default";
  const id = `${String(namespace)}/${String(metadata.name)}`;
  return { id, outputs: { ...planned, metadata: { namespace, ...metadata, uid: uuidOf(id), resourceVersion: "1" } } };
}
