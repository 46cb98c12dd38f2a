import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheFolder } from "./cache.mjs";
import { findProgram, run } from "./command.mjs";
import { withLock } from "./lock.mjs";
import { withProgress } from "./progress.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/**
 * Installs with the system's package manager: apt-get for root on Debian and its kin, Homebrew on macOS. Throws a SetupProblem that says why not.
 * @param {{ apt: string, brew: string }} names of the package
 */
export async function installSystemPackage({ apt, brew }) {
  if (process.platform === "linux" && findProgram("apt-get") !== undefined) {
    if (process.getuid?.() !== 0) throw new SetupProblem(`not root, so no \`apt-get install ${apt}\``);
    await exclusively(() => withProgress(`installing ${apt} with apt-get`, () => aptGetInstall(apt)));
  } else if (process.platform === "darwin" && findProgram("brew") !== undefined) {
    await exclusively(() => withProgress(`installing ${brew} with Homebrew`, () => run("brew", ["install", "--quiet", brew])));
  } else {
    throw new SetupProblem("no package manager that this set-up knows (apt-get, Homebrew)");
  }
}

/** @param {() => Promise<unknown>} work */
function exclusively(work) {
  return withLock(join(cacheFolder(), "locks"), "system-packages", work);
}

/** @param {string} name */
async function aptGetInstall(name) {
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: "noninteractive",
    // Where no systemd runs, this keeps the package from starting a server of its own: nothing here uses one.
    RUNLEVEL: "1",
    LC_ALL: "C",
  };
  const patience = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", "-q"];
  const aptGet = (/** @type {string[]} */ ...words) => whileLocked(() => run("apt-get", [...words, ...patience], { env }));
  const install = () => aptGet("install", "-y", "--no-install-recommends", name);
  try {
    await install();
  } catch {
    // The lists are empty in fresh images, and old elsewhere.
    await aptGet("update");
    await install();
  }
}

const LOCKED_TRIES = 20;
const LOCKED_PAUSE_MILLISECONDS = 15_000;

/**
 * apt-get waits for dpkg's lock, but not for those of its lists and downloads, which a machine that was just switched on holds by itself.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function whileLocked(work) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const isLocked = error instanceof SetupProblem && /Could not get lock|Unable to (acquire|lock)/.test(error.message);
      if (!isLocked || tries === LOCKED_TRIES) throw error;
      await sleep(LOCKED_PAUSE_MILLISECONDS);
    }
  }
}
