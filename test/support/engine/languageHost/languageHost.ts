import { existsSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const name = "pulumi-language-nodejs";

/**
 * Where the CLI finds the host of Node programs: the official one beside it or on PATH where it is there, else our STAND-IN, of which a
 * starter is put into `folder`.
 * @returns the PATH for the CLI, and which host it is
 */
export function pathWithLanguageHost(pulumi: string, folder: string): { path: string; official: boolean } {
  const path = [dirname(pulumi), dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
  const official = path.split(delimiter).some((part) => existsSync(join(part, name)));
  if (official) return { path, official };
  const host = fileURLToPath(new URL("languageHostProcess.mts", import.meta.url));
  const starter = `#!/bin/sh\nexec ${quoted(process.execPath)} --no-warnings ${quoted(host)} "$@"\n`;
  writeFileSync(join(folder, name), starter, { mode: 0o755 });
  return { path: [folder, path].join(delimiter), official };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
