import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { tell } from "./progress.mjs";

/** @typedef {{ name: string, reason: string }} NotRun What was not tested, by the name of what it needs, and why. */

/** Where the tests of one run note what they find missing only when they start it. */
const variable = "PGKEEP_NOT_RUN";

/**
 * Notes from within a test run that something could not be started, so that the run's end lists it and fails in CI. Says it at once where nobody collects it.
 * @param {NotRun} what
 */
export function noteNotRun(what) {
  const file = process.env[variable];
  if (file === undefined) tellNotRun([what]);
  else appendFileSync(file, `${JSON.stringify(what)}\n`);
}

/**
 * @param {string} file
 * @returns {NodeJS.ProcessEnv} what lets the tests note into it
 */
export function collectingNotRun(file) {
  return { [variable]: file };
}

/**
 * @param {string} file
 * @returns {NotRun[]}
 */
export function readNotRun(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

/** @param {readonly NotRun[]} missing */
export function tellNotRun(missing) {
  for (const { name, reason } of missing) tell(`NOT RUN: whatever needs ${name}, because ${reason}`);
}
