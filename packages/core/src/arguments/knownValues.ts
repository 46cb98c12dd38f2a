import { isDeferred } from "./argumentSchema.js";

/** A document of which some values may be Outputs. */
export interface PartlyKnown {
  [name: string]: unknown;
}

/** Without what was not given, and without sections in which nothing was. */
export function withoutAbsent(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isDeferred(value)) return value;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const kept = withoutAbsent(inner);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** What of a document is known before a deployment. */
export function withoutDeferred(value: unknown): unknown {
  if (isDeferred(value)) return undefined;
  if (Array.isArray(value)) return value.filter((entry) => !isDeferred(entry));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutDeferred(inner)]));
}

/** Whether a value is an Output or holds one. */
export function holdsDeferred(value: unknown): boolean {
  if (isDeferred(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsDeferred);
}

/** The entries of a list that are known. Undefined where none is, and another than the empty list, which is one that was given. */
export function knownEntries(value: unknown): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const known = value.filter((entry) => !isDeferred(entry));
  return known.length === 0 && value.length > 0 ? undefined : known;
}
