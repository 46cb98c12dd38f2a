import { spawnSync } from "node:child_process";
import { findProgram } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";
import { installSystemPackage } from "./systemPackages.mjs";

/** @returns {string | undefined} the daemon's program, where we may start one: the tests leave alone whatever already runs */
export function findDockerd() {
  if (!canStart()) return undefined;
  const asked = process.env.PGKEEP_DOCKERD;
  if (asked !== undefined && asked !== "") return asked;
  return findProgram("dockerd", ["/usr/sbin", "/usr/bin", "/usr/local/bin"]);
}

export async function docker() {
  if (!canStart()) throw new SetupProblem("an Engine of our own needs Linux, root, and the right to make namespaces and mounts");
  if (findDockerd() !== undefined) return;
  await installSystemPackage({ apt: "docker.io", brew: "docker" });
  if (findDockerd() === undefined) throw new SetupProblem("its package did not bring it");
}

/** Root of an unprivileged container may neither make namespaces nor mount. */
function canStart() {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const namespaces = ["--mount", "--propagation", "private", "--net", "--pid", "--fork"];
  const unshare = findProgram("unshare");
  return (
    unshare !== undefined && spawnSync(unshare, [...namespaces, "mount", "-t", "tmpfs", "tmpfs", "/run"], { stdio: "ignore" }).status === 0
  );
}
