/**
 * A JSON text that depends on the value alone, as RFC 8785 writes it: keys sorted by UTF-16 code unit, no spaces, `undefined` left out as JSON
 * does. Checksums and signatures are made over it, so that reformatting a document does not break them, and any other implementation of
 * RFC 8785 can verify them. Throws a TypeError for what JSON cannot say (NaN, infinities, bigint, functions).
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (isRecord(value)) {
    // Not by JSON.stringify of a sorted object: JavaScript puts keys that look like integers first, whatever the order they were set in.
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    return `{${keys
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
      .join(",")}}`;
  }
  if (value === null || typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) {
    return JSON.stringify(value);
  }
  throw new TypeError(`${typeof value === "number" ? String(value) : typeof value} has no place in JSON`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
