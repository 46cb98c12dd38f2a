import { isDeepStrictEqual } from "node:util";
import rpc from "@pulumi/pulumi/runtime/rpc.js";
import structs, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";

/** A property as a resource type's own code sees it: bare. */
export type PlainValue = null | boolean | number | string | PlainValue[] | PlainProperties;
export interface PlainProperties {
  [name: string]: PlainValue;
}

/** A property as it travels between engine and provider: secrets wrapped, unknowns as a marker. */
export type WireValue = PlainValue;
export type WireProperties = PlainProperties;

export function fromStruct(struct: Struct | undefined): WireProperties {
  return (struct?.toJavaScript() ?? {}) as WireProperties;
}

export function toStruct(properties: WireProperties): Struct {
  return structs.Struct.fromJavaScript(properties);
}

/** Takes secrets out of their wrapping, at any depth. Unknowns stay as they are. */
export function plain(value: WireValue): PlainValue {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return plain(value.value ?? null);
  return plainProperties(value);
}

export function plainProperties(properties: WireProperties): PlainProperties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plain(value)]));
}

export function secret(value: WireValue): WireValue {
  return { [rpc.specialSigKey]: rpc.specialSecretSig, value };
}

function isSecret(value: WireValue): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value[rpc.specialSigKey] === rpc.specialSecretSig;
}

export function containsSecret(value: WireValue | undefined): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(containsSecret);
  return isSecret(value) || Object.values(value).some(containsSecret);
}

/** The marker of a value that is not known during a preview. */
export const unknown: string = rpc.unknownValue;

export function containsUnknown(value: WireValue | undefined): boolean {
  if (typeof value !== "object" || value === null) return value === unknown;
  return Object.values(value).some(containsUnknown);
}

/**
 * Wraps again what was secret: where a value came through unchanged, exactly the parts that were; where it changed, all of it.
 */
export function keepSecrets(
  outputs: PlainProperties,
  before: readonly WireProperties[],
  always: (name: string) => boolean,
): WireProperties {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const secretBefore = before.map((properties) => properties[name]).filter((earlier) => containsSecret(earlier));
      const unchanged = secretBefore.find((earlier) => earlier !== undefined && isDeepStrictEqual(plain(earlier), value));
      if (unchanged !== undefined) return [name, unchanged];
      return [name, secretBefore.length > 0 || (always(name) && !isZero(value)) ? secret(value) : value];
    }),
  );
}

/** What Terraform's SDK, and so a bridged provider, cannot tell from an absent value. */
export function isZero(value: PlainValue | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
