import { join } from "node:path";
import { show } from "./command.mjs";

/** Each a tool with its one configuration at the root. Types come first: the others' findings in a broken program mislead. */
const checks = [
  { name: "types of packages", program: "typescript/bin/tsc", args: ["--build"] },
  { name: "types of tests, demo and set-up", program: "typescript/bin/tsc", args: ["--project", "tsconfig.test.json"] },
  { name: "lint and format", program: "@biomejs/biome/bin/biome", args: ["check", "--error-on-warnings"] },
  {
    name: "dependency arrows",
    program: "dependency-cruiser/bin/dependency-cruise.mjs",
    args: ["--config", ".dependency-cruiser.cjs", "packages", "test", "examples", "setup"],
  },
  { name: "unused files and exports", program: "knip/bin/knip.js", args: ["--no-progress"] },
  {
    name: "spelling of docs",
    program: "cspell/bin.mjs",
    args: ["lint", "--no-progress", "--no-summary", "--gitignore", "--no-must-find-files"],
  },
];

/**
 * @param {string} repository
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>} whether all is well; every check runs, so that one look shows all there is to do
 */
export async function check(repository, node, env) {
  let allWell = true;
  for (const { name, program, args } of checks) {
    const exitCode = await show(node, [join(repository, "node_modules", program), ...args], { cwd: repository, env });
    process.stdout.write(`${exitCode === 0 ? "ok    " : "FAILED"} ${name}\n`);
    if (exitCode !== 0) allWell = false;
  }
  return allWell;
}
