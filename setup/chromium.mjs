import { findProgram, isProgram } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";
import { installSystemPackage } from "./systemPackages.mjs";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const onMacos = ["Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome"];

/** @returns {string | undefined} a Chromium, or a Chrome, which is one */
export function findChromium() {
  const asked = process.env.PGKEEP_CHROMIUM;
  if (asked !== undefined && asked !== "") return asked;
  const places = onMacos.map((path) => `/Applications/${path}`).filter(isProgram);
  return names.map((name) => findProgram(name)).find((found) => found !== undefined) ?? places[0];
}

export async function chromium() {
  if (findChromium() !== undefined) return;
  await installSystemPackage({ apt: "chromium", brew: "chromium" });
  if (findChromium() === undefined) throw new SetupProblem("its package did not bring it");
}
