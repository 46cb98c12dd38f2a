import { fileURLToPath } from "node:url";

/** Arguments for Node that run a TypeScript file of this folder in a process of its own, with one argument as JSON. */
export function childArguments(file: string, argument: unknown): string[] {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const language = ["--no-warnings", "--expose-gc", "--experimental-transform-types", "--import", path("typescriptHooks.mjs")];
  return [...language, path(file), JSON.stringify(argument)];
}
