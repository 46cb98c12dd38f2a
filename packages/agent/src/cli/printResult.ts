import type { Surroundings } from "./Surroundings.js";

/** Writes a command's result to standard output: with --json as one JSON document on one line, else as text for people. */
export function printResult({ output }: Pick<Surroundings, "output">, json: boolean, value: unknown, text: () => string): void {
  output.write(json ? `${JSON.stringify(value)}\n` : `${text().trimEnd()}\n`);
}
