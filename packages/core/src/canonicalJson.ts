/**
 * A JSON text that depends on the value alone: keys sorted by code unit, no spaces, `undefined` left out as JSON does. Checksums and signatures
 * are made over it, so that reformatting a document does not break them. Numbers are written as JavaScript writes them (RFC 8785 does the same).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) => (isPlainObject(nested) ? sorted(nested) : nested));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  // A null prototype, so that a key named __proto__ is a key like any other.
  const result: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(record).sort()) result[key] = record[key];
  return result;
}
