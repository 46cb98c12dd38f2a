import { findProgram } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";
import { installSystemPackage } from "./systemPackages.mjs";

/** Checks metrics and alert rules; it comes with Prometheus, which is not started. */
export async function promtool() {
  if (findProgram("promtool") !== undefined) return;
  await installSystemPackage({ apt: "prometheus", brew: "prometheus" });
  if (findProgram("promtool") === undefined) throw new SetupProblem("its package did not bring it");
}
