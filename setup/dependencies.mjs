import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache.mjs";
import { run } from "./command.mjs";
import { withLock } from "./lock.mjs";
import { withProgress } from "./progress.mjs";

/**
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, os?: string | string[], cpu?: string | string[] }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lockfile
 */

/**
 * Brings node_modules to what the lockfile says, when it is not. No package here needs an install script, so none is run; the build that
 * `prepare` would do is a step of its own, with its own message.
 * @param {string} repository
 */
export async function dependencies(repository) {
  if (dependenciesMatch(repository)) return;
  await inCheckout(repository, async () => {
    if (dependenciesMatch(repository)) return;
    await withProgress("installing npm packages", () =>
      run("npm", ["ci", "--ignore-scripts", "--loglevel=error", "--no-audit", "--no-fund"], { cwd: repository }),
    );
  });
}

/**
 * One set-up at a time works in a checkout.
 * @template T
 * @param {string} repository
 * @param {() => Promise<T>} work
 */
export function inCheckout(repository, work) {
  return withLock(join(cacheFolder(), "locks"), `checkout-${createHash("sha256").update(repository).digest("hex").slice(0, 12)}`, work);
}

/**
 * npm writes what it installed to node_modules/.package-lock.json, last: a killed install has none, and `npm install` of another package
 * keeps it true.
 * @param {string} repository
 */
export function dependenciesMatch(repository) {
  const installedFile = join(repository, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const wanted = packagesOf(join(repository, "package-lock.json"));
  const installed = packagesOf(installedFile);
  const extra = [...installed.keys()].some((path) => !wanted.has(path));
  return (
    !extra &&
    [...wanted].every(([path, { version, optional }]) =>
      installed.has(path) ? installed.get(path)?.version === version : optional === true,
    )
  );
}

/**
 * @param {string} file
 * @returns {Map<string, LockedPackage>} without the workspaces, which are links to this repository
 */
function packagesOf(file) {
  /** @type {Lockfile} */
  const lockfile = JSON.parse(readFileSync(file, "utf8"));
  return new Map(Object.entries(lockfile.packages ?? {}).filter(([path, { link }]) => path.includes("node_modules/") && link !== true));
}
