import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const name = "pulumi-language-nodejs";

/**
 * Whether Node programs are run by the official language host, which is there when it lies beside the CLI or on PATH. Where it is not, puts
 * our STAND-IN among the plugins of `home` (PULUMI_HOME), where the CLI finds it without the warning that one on PATH gets.
 */
export function provideLanguageHost(pulumi: string, home: string): { official: boolean } {
  const folders = [dirname(pulumi), ...(process.env.PATH ?? "").split(delimiter)];
  if (folders.some((folder) => existsSync(join(folder, name)))) return { official: true };
  const plugin = join(home, "plugins", "language-nodejs-v0.0.0");
  mkdirSync(plugin, { recursive: true });
  // Node 22.15 to 22.17 must be told to read TypeScript; later ones do.
  const host = fileURLToPath(new URL("languageHostProcess.mts", import.meta.url));
  const options = process.features.typescript ? [] : ["--experimental-strip-types"];
  const starter = [process.execPath, "--no-warnings", ...options, host].map(quoted).join(" ");
  writeFileSync(join(plugin, name), `#!/bin/sh\nexec ${starter} "$@"\n`, { mode: 0o755 });
  return { official: false };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
