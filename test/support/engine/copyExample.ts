import { copyFileSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** An example of this repository in a folder of its own, as after `npm install` there: a stack writes into its project's folder. */
export function copyExample(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-example-"));
  const example = join(repository, "examples", name);
  for (const entry of readdirSync(example, { withFileTypes: true }))
    if (entry.isFile()) copyFileSync(join(example, entry.name), join(folder, entry.name));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  return folder;
}
