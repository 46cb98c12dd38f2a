import { randomBytes } from "node:crypto";
import { ruleFor } from "./compareProperties.js";
import type { CheckFailure, ResourceKind } from "./ResourceKind.js";
import { containsUnknown, type PlainValue, plain, type WireProperties } from "./wireValues.js";

export interface CheckQuestion {
  /** The resource's name in the program. */
  name: string;
  /** The inputs that were checked last time; empty for a new resource. */
  old: WireProperties;
  given: WireProperties;
  bridged: boolean;
}

export interface CheckAnswer {
  inputs: WireProperties;
  failures: CheckFailure[];
  /** Paths that no rule covers. */
  unruled: string[];
}

/** Fills in defaults and names as the official provider does, and finds what it would refuse. */
export function checkProperties<Session>(kind: ResourceKind<Session>, { name, old, given, bridged }: CheckQuestion): CheckAnswer {
  const inputs: WireProperties = kind.fill?.({ ...given }, name, old) ?? { ...given };
  delete inputs.__defaults;
  const unruled = Object.keys(inputs).flatMap((property) => unruledPaths(kind, [property], inputs[property] ?? null));
  const filled: string[] = [];
  for (const [property, rule] of Object.entries(kind.properties)) {
    if (inputs[property] !== undefined && inputs[property] !== null) continue;
    if (rule.autonamed === true) {
      // The bridge fills in nothing that conflicts with what is given (ConflictsWith).
      if (typeof inputs.namePrefix === "string") continue;
      const before = defaultsOf(old).includes(property) ? old[property] : undefined;
      inputs[property] = before ?? `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
    } else if (rule.default !== undefined) inputs[property] = rule.default;
    else continue;
    filled.push(property);
  }
  if (bridged) inputs.__defaults = filled.sort();
  const missing = Object.entries(kind.properties).filter(([property, { required }]) => required === true && inputs[property] === undefined);
  const failures = missing.map(([property]) => ({
    property,
    reason: `Missing required argument: The argument "${property}" is required.`,
  }));
  const known = Object.fromEntries(Object.entries(inputs).flatMap(([key, value]) => (containsUnknown(value) ? [] : [[key, plain(value)]])));
  return { inputs, failures: [...failures, ...(kind.check?.(known) ?? [])], unruled };
}

function defaultsOf(inputs: WireProperties): string[] {
  return Array.isArray(inputs.__defaults) ? inputs.__defaults.filter((name) => typeof name === "string") : [];
}

/** Where a property has rules for its parts only (`spec.replicas`, and none for `spec`), each part needs one. */
function unruledPaths<Session>(kind: ResourceKind<Session>, path: string[], value: PlainValue): string[] {
  if (ruleFor(kind.properties, path) !== undefined) return [];
  const text = path.join(".");
  const partly = Object.keys(kind.properties).some((ruled) => ruled.startsWith(`${text}.`));
  if (!partly || typeof value !== "object" || value === null) return [text];
  return Object.entries(value).flatMap(([name, part]) => unruledPaths(kind, [...path, name], part));
}
