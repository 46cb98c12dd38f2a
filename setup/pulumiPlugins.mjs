import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { run } from "./command.mjs";
import { findPulumi, pulumiAnswers } from "./pulumi.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/** The official provider plugins of what the root project declares, in the versions of their npm packages. */
const names = ["postgresql", "random"];

/**
 * A PULUMI_HOME's folder `plugins` that holds them.
 * @param {string} repository
 * @returns {string | undefined}
 */
export function findPulumiPlugins(repository) {
  const place = placeOf(repository);
  const folder = place === undefined ? undefined : join(cached(place), "plugins");
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

/**
 * Downloads them where that is possible.
 * @param {string} repository
 */
export async function pulumiPlugins(repository) {
  const pulumi = findPulumi();
  const place = placeOf(repository);
  if (pulumi === undefined || place === undefined || findPulumiPlugins(repository) !== undefined) return;
  if (!(await pulumiAnswers())) throw new SetupProblem("get.pulumi.com does not answer");
  await makeOnce(place, "downloading the official Pulumi providers (once per machine)", async (folder) => {
    const env = { ...process.env, PULUMI_HOME: folder, PULUMI_SKIP_UPDATE_CHECK: "true" };
    for (const name of names) await run(pulumi, ["plugin", "install", "resource", name, versionOf(repository, name)], { env });
  });
}

/** @param {string} repository */
function placeOf(repository) {
  try {
    return `pulumi-providers-${names.map((name) => `${name}-${versionOf(repository, name)}`).join("-")}`;
  } catch {
    return undefined; // npm packages are not installed yet
  }
}

/**
 * @param {string} repository
 * @param {string} name
 * @returns {string}
 */
function versionOf(repository, name) {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(repository, "node_modules", "@pulumi", name, "package.json"), "utf8"));
  return version;
}
