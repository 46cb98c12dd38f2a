/** A path as users write it, for example `databases[1]` or `store.url`; the empty path is the document itself. */
export function propertyPath(path: readonly PropertyKey[], document = "configuration"): string {
  const text = path
    .map((key) => {
      if (typeof key === "number") return `[${key}]`;
      return /^[A-Za-z_][\w-]*$/.test(String(key)) ? `.${String(key)}` : `[${JSON.stringify(String(key))}]`;
    })
    .join("")
    .replace(/^\./, "");
  return text === "" ? document : text;
}

/** The value at a path, undefined where there is none. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === "object" && found !== null ? (found as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}
