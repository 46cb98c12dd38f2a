import { findProgram } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";
import { installSystemPackage } from "./systemPackages.mjs";

/** @returns {string | undefined} */
export function findPgbouncer() {
  const asked = process.env.PGKEEP_PGBOUNCER;
  if (asked !== undefined && asked !== "") return asked;
  return findProgram("pgbouncer", ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin"]);
}

export async function pgbouncer() {
  if (findPgbouncer() !== undefined) return;
  await installSystemPackage({ apt: "pgbouncer", brew: "pgbouncer" });
  if (findPgbouncer() === undefined) throw new SetupProblem("its package did not bring it");
}
