import { existsSync } from "node:fs";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { run } from "./command.mjs";
import { findPython } from "./findPython.mjs";

/** A second server that speaks S3, with other weak spots than versitygw's: what both refuse is no peculiarity of one. */
const version = "5.2.1";
// With the extras of the services that components for AWS are replayed on.
const name = `moto-${version}-s3-events`;

/** The folder of its Python packages. @returns {string | undefined} */
export function findMoto() {
  const asked = process.env.PGKEEP_MOTO;
  if (asked !== undefined && asked !== "") return asked;
  const folder = cached(name);
  return existsSync(join(folder, "moto")) ? folder : undefined;
}

export async function moto() {
  if (findMoto() !== undefined) return;
  const python = await findPython();
  await makeOnce(name, `fetching moto ${version} (once per machine)`, async (folder) => {
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-warn-script-location"];
    await run(python, ["-m", "pip", "install", ...quiet, "--target", folder, `moto[s3,events]==${version}`, "flask", "flask-cors"]);
  });
}
