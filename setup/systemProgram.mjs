import { findProgram } from "./command.mjs";
import { installSystemPackage } from "./systemPackages.mjs";

/**
 * A program that nearly every system has, whose package bears its own name: `zstd`, `openssl`.
 * @param {string} name
 */
export async function systemProgram(name) {
  if (findProgram(name) === undefined) await installSystemPackage({ apt: name, brew: name });
}
