import { randomBytes } from "node:crypto";
import type { Existing, PropertyRule, ResourceKind } from "../ResourceKind.js";
import { uuidOf } from "../uuidOf.js";
import { containsUnknown, type PlainProperties, type PlainValue, type WireProperties } from "../wireValues.js";

const annotation = "pulumi.com/autonamed";

/** An object that is recorded as it was declared, with what every server adds to its metadata. */
export function kubernetesKind(apiVersion: string, kind: string, parts: Readonly<Record<string, PropertyRule>>): ResourceKind<undefined> {
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
    create: (_, planned) => Promise.resolve(existing(planned)),
    read: (_, _id, state) => Promise.resolve(Object.keys(state).length === 0 ? undefined : existing(state)),
    update: (_, _id, _old, planned) => Promise.resolve(existing(planned)),
    delete: () => Promise.resolve(),
  };
}

function autonamed(inputs: WireProperties, name: string, old: WireProperties): WireProperties {
  const metadata = mapOf(inputs.metadata);
  if (metadata.name !== undefined || metadata.generateName !== undefined || containsUnknown(inputs.metadata)) return inputs;
  const before = mapOf(old.metadata);
  const kept = mapOf(before.annotations)[annotation] === "true" ? before.name : undefined;
  const chosen = kept ?? `${name}-${randomBytes(4).toString("hex")}`;
  return { ...inputs, metadata: { ...metadata, name: chosen, annotations: { ...mapOf(metadata.annotations), [annotation]: "true" } } };
}

function existing(planned: PlainProperties): Existing {
  const metadata = mapOf(planned.metadata);
  const namespace = metadata.namespace ?? "default";
  const id = `${String(namespace)}/${String(metadata.name)}`;
  return { id, outputs: { ...planned, metadata: { namespace, ...metadata, uid: uuidOf(id), resourceVersion: "1" } } };
}

function mapOf(value: PlainValue | undefined): PlainProperties {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
