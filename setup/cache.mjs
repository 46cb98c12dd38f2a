import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { withLock } from "./lock.mjs";
import { withProgress } from "./progress.mjs";

/**
 * Where programs fetched for this project live, by version, shared by all checkouts of a user: PGKEEP_CACHE, else the system's place for
 * caches. For root that is /var/cache: PostgreSQL's server refuses to run as root, and the account that runs it instead cannot look into
 * root's home (mode 700).
 * @returns {string}
 */
export function cacheFolder() {
  const asked = process.env.PGKEEP_CACHE;
  if (asked !== undefined && asked !== "") return resolve(asked);
  const standard = process.env.XDG_CACHE_HOME;
  const root = process.getuid?.() === 0;
  if (standard !== undefined && standard !== "" && !(root && !everybodyCanEnter(standard))) return join(standard, "pgkeep");
  if (root) return "/var/cache/pgkeep";
  return process.platform === "darwin" ? join(homedir(), "Library", "Caches", "pgkeep") : join(homedir(), ".cache", "pgkeep");
}

/**
 * Whether another account may pass into it.
 * @param {string} folder
 */
export function everybodyCanEnter(folder) {
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (existsSync(path) && (statSync(path).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/**
 * The place of one thing in the cache, whether it is there or not.
 * @param {string} name with its version, as in `versitygw-1.7.0`
 */
export function cached(name) {
  return join(cacheFolder(), name);
}

/**
 * Makes a thing once per machine. It is made in a folder beside its place and renamed when whole, so a killed set-up leaves nothing that
 * looks finished; what it left is swept by the next one.
 * @param {string} name with its version
 * @param {string} doing what to tell the user while it is made
 * @param {(folder: string) => Promise<void>} make fills the folder it is given
 * @returns {Promise<string>} its folder
 */
export async function makeOnce(name, doing, make) {
  const place = cached(name);
  if (existsSync(place)) return place;
  const parent = cacheFolder();
  mkdirSync(parent, { recursive: true });
  return await withLock(join(parent, "locks"), name, async () => {
    if (existsSync(place)) return place;
    for (const left of readdirSync(parent).filter((entry) => entry.startsWith(`.${name}-draft-`))) {
      rmSync(join(parent, left), { recursive: true, force: true });
    }
    const draft = mkdtempSync(join(parent, `.${name}-draft-`));
    try {
      await withProgress(doing, () => make(draft));
      chmodSync(draft, 0o755);
      renameSync(draft, place);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      throw error;
    }
    return place;
  });
}
