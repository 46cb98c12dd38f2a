import type { PlainProperties, PlainValue } from "../wireValues.js";
import { mapOf } from "./mapOf.js";

/** What the server adds to an object's metadata, which no program gives. */
const byServer = new Set(["creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"]);

/**
 * What a program would have to say to get what is there, as far as it said something (pruneLiveState in
 * github.com/pulumi/pulumi-kubernetes/blob/v4.34.2/provider/pkg/provider/provider.go); all of it for an imported object.
 */
export function liveInputs(live: PlainProperties, inputs: PlainProperties): PlainProperties {
  if (Object.keys(inputs).length === 0) {
    const { status: _, __fieldManager: __, __initialApiVersion: ___, ...object } = live;
    const metadata = Object.fromEntries(Object.entries(mapOf(live.metadata)).filter(([name]) => !byServer.has(name)));
    return { ...object, metadata };
  }
  return prunedMap(live.kind === "Secret" ? { stringData: decoded(live.data), ...live } : live, inputs);
}

/** A Secret's `stringData` is only ever written: the server tells it as `data`. */
function decoded(data: PlainValue | undefined): PlainProperties {
  const entries = Object.entries(mapOf(data));
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(String(value), "base64").toString("utf8")]));
}

function pruned(live: PlainValue, said: PlainValue | undefined): PlainValue {
  if (Array.isArray(live) && Array.isArray(said)) return live.slice(0, said.length).map((part, index) => pruned(part, said[index]));
  if (isMap(live) && said !== undefined && isMap(said)) return prunedMap(live, said);
  return live;
}

function prunedMap(live: PlainProperties, said: PlainProperties): PlainProperties {
  return Object.fromEntries(
    Object.keys(said).flatMap((name) => {
      const value = live[name];
      return value === undefined ? [] : [[name, pruned(value, said[name])]];
    }),
  );
}

function isMap(value: PlainValue): value is PlainProperties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
