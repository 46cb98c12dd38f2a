import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { show } from "./command.mjs";
import { collectingNotRun, readNotRun } from "./notRun.mjs";
import { tell } from "./progress.mjs";

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Count
 * @typedef {{
 *   numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, success: boolean,
 *   testResults: { status: string, assertionResults: unknown[] }[],
 * }} VitestReport The parts used of what vitest's JSON reporter writes.
 */

/**
 * Runs vitest on this terminal. Temporary files of the tests live in a folder of the run, so that whatever a killed or failed test leaves,
 * whole database servers' files at times, goes with it.
 * @param {string} repository
 * @param {string} node
 * @param {string[]} args for vitest: paths, `-t name` …
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ count: Count, exitCode: number, notRun: import("./notRun.mjs").NotRun[] }>} `notRun` is what the tests could not start
 */
export async function runTests(repository, node, args, env) {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-"));
  chmodSync(folder, 0o1777); // like any temporary folder: root's servers run under another account
  const report = join(folder, "report.json");
  const notRun = join(folder, "not-run.jsonl");
  try {
    const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const environment = { ...env, ...collectingNotRun(notRun), TMPDIR: folder };
    const exitCode = await show(node, [vitest, "run", ...reporters, ...args], { cwd: repository, env: environment });
    const count = existsSync(report) ? countOf(JSON.parse(readFileSync(report, "utf8"))) : { passed: 0, failed: 0, skipped: 0 };
    // An error outside of any test (a server that died later, a promise that nobody awaited) is a failure that vitest counts nowhere.
    if (exitCode !== 0 && count.failed === 0) count.failed = 1;
    const left = readdirSync(folder).filter((name) => name.startsWith("pgkeep-"));
    if (left.length > 0) tell(`tests left behind, now removed: ${left.join(", ")}`);
    return { count, exitCode, notRun: readNotRun(notRun) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * @param {VitestReport} report
 * @returns {Count}
 */
export function countOf(report) {
  // A file that could not be loaded has failed without a test to its name.
  const broken = report.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Whether a run counts as good. Where it is strict, as in CI, nothing may be left out.
 * @param {{ count: Count, exitCode: number }} run
 * @param {{ strict: boolean, missing: readonly unknown[] }} circumstances
 */
export function isGood({ count, exitCode }, { strict, missing }) {
  if (exitCode !== 0 || count.failed > 0 || count.passed === 0) return false;
  return !strict || (count.skipped === 0 && missing.length === 0);
}

/** @param {Count} count */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
