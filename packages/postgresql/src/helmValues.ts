import { stringify } from "yaml";
import type { ConnectionKeysArgs } from "./PostgresAccessArgs.js";

type Values = { [key: string]: string | number | Values };

/** The keys of a path such as `global.database.host`; `\.` is a dot inside a key, as for `helm --set`. */
export function helmKeys(path: string): string[] {
  return path.split(/(?<!\\)\./).map((key) => key.replaceAll("\\.", "."));
}

/** What is wrong with a path, undefined when nothing is. */
export function helmPathProblem(path: string): string | undefined {
  if (/[[\]]/.test(path)) return "places in lists are not supported: name the whole list in a values file of your own";
  // Such a key would change the object that holds it.
  if (helmKeys(path).includes("__proto__")) return "this is not a key of a chart";
  return helmKeys(path).some((key) => key.trim() === "") ? "a key between two dots is empty" : undefined;
}

/** The two paths of which one lies inside the other, or which are the same. */
export function overlappingPaths(paths: readonly string[]): [string, string] | undefined {
  for (const [index, path] of paths.entries()) {
    const inside = paths
      .slice(index + 1)
      .find((other) => isWithin(helmKeys(path), helmKeys(other)) || isWithin(helmKeys(other), helmKeys(path)));
    if (inside !== undefined) return [path, inside];
  }
  return undefined;
}

function isWithin(outer: readonly string[], inner: readonly string[]): boolean {
  return outer.every((key, index) => inner[index] === key);
}

/** The values at their paths, as YAML that a chart reads: the port is a number, everything else a text. */
export function helmValues(values: Record<keyof ConnectionKeysArgs, string | number>, paths: ConnectionKeysArgs): string {
  const root: Values = {};
  for (const [field, path] of Object.entries(paths) as [keyof ConnectionKeysArgs, string | undefined][]) {
    if (path === undefined) continue;
    const keys = helmKeys(path);
    let group = root;
    for (const key of keys.slice(0, -1)) {
      const known = group[key];
      const next = typeof known === "object" ? known : {};
      group[key] = next;
      group = next;
    }
    group[keys.at(-1) ?? ""] = values[field];
  }
  return Object.keys(root).length === 0 ? "" : stringify(root);
}
