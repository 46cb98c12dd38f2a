import { fileURLToPath } from "node:url";

/** Arguments for Node that run a TypeScript file of this folder in a process of its own, with one argument as JSON. */
export function childArguments(file: string, argument: unknown): string[] {
  const url = (name: string) => new URL(name, import.meta.url);
  const language = ["--no-warnings", "--experimental-transform-types", "--import", url("typescriptHooks.mjs").href];
  return ["--expose-gc", ...language, fileURLToPath(url(file)), JSON.stringify(argument)];
}
