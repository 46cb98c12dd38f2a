import { join } from "node:path";
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
  };
  const patience = ["-o", "DPkg::Lock::Timeout=300", "-q"];
  const install = () => run("apt-get", ["install", "-y", "--no-install-recommends", ...patience, name], { env });
  try {
    await install();
  } catch {
    // The lists are empty in fresh images, and old elsewhere.
    await run("apt-get", ["update", ...patience], { env });
    await install();
  }
}
