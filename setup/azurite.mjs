import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { isProgram, run } from "./command.mjs";

/**
 * Microsoft's own emulator of Azure Blob Storage. Not among our dependencies: it brings two hundred packages, database drivers among them, that no user and no
 * other test needs.
 */
const version = "3.35.0";
const name = `azurite-${version}`;

/** Its Blob service, a program of Node. @returns {string | undefined} */
export function findAzurite() {
  const asked = process.env.PGKEEP_AZURITE;
  if (asked !== undefined && asked !== "") return asked;
  const program = join(cached(name), "node_modules", "azurite", "dist", "src", "blob", "main.js");
  return isProgram(program) ? program : undefined;
}

export async function azurite() {
  if (findAzurite() !== undefined) return;
  await makeOnce(name, `fetching azurite ${version} (once per machine)`, async (folder) => {
    writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true })}\n`);
    const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--omit=dev"];
    await run("npm", ["install", ...quiet, "--save-exact", `azurite@${version}`], { cwd: folder });
  });
}
