import { findProgram } from "./command.mjs";
import { installSystemPackage } from "./systemPackages.mjs";

/** The public `zstd` program, which the tests open our objects with. */
export async function zstd() {
  if (findProgram("zstd") === undefined) await installSystemPackage({ apt: "zstd", brew: "zstd" });
}
