import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { check } from "./check.mjs";
import { show } from "./command.mjs";
import { dependencies } from "./dependencies.mjs";
import { foundEnvironment } from "./environment.mjs";
import { image } from "./image.mjs";
import { node24 } from "./node24.mjs";
import { tellNotRun } from "./notRun.mjs";
import { anyPostgres } from "./postgresql.mjs";
import { tell } from "./progress.mjs";
import { findPulumi, pulumi } from "./pulumi.mjs";
import { pulumiPlugins } from "./pulumiPlugins.mjs";
import { closingLine, isGood, runTests } from "./runTests.mjs";
import { SetupProblem } from "./SetupProblem.mjs";
import { testTools } from "./testTools.mjs";

/*
 * The one entry of `npm run demo`, `npm test`, `npm run check` and their like. It sets up what the task needs, says a line only while it
 * does so, then runs the task. Node built-ins only, because on a fresh clone there is nothing else yet; Node 20 is enough to start it.
 */

const repository = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const tasks = {
  /** Only sets up, everything. */
  setup: async () => {
    await ready({ withBuild: true });
    const missing = await testTools();
    tellNotRun(missing);
    return missing.length === 0 ? 0 : 1;
  },
  demo: async (args) => {
    const node = await ready({ withBuild: true });
    const { folder } = await anyPostgres();
    const missing = args.includes("--without-pulumi") ? undefined : await missingPulumi();
    return await program(node, "examples/demo/main.ts", args, { PGKEEP_PG_BIN: folder, PGKEEP_NO_PULUMI: missing });
  },
  bench: async (args) => {
    const node = await ready({ withBuild: true });
    tellNotRun(await testTools());
    return await program(node, "test/bench/main.ts", args, {});
  },
  check: async () => {
    const node = await ready({ withBuild: false });
    return (await check(repository, node, environment(node))) ? 0 : 1;
  },
  /** Builds the container image of the agent. */
  image: async (args) => {
    await ready({ withBuild: true });
    return await image(repository, args);
  },
  test: async (args) => await test(await ready({ withBuild: true }), args),
  /** What .ci/run runs: the check and all tests, the first's failure not hiding the second's. */
  ci: async () => {
    const node = await ready({ withBuild: false });
    const checked = await check(repository, node, environment(node));
    if (!checked) tell("the check failed (see above)");
    const tested = await test(node, []);
    return checked ? tested : 1;
  },
};

/**
 * @param {{ withBuild: boolean }} options
 * @returns {Promise<string>} the Node to use
 */
async function ready({ withBuild }) {
  await dependencies(repository);
  const node = node24(repository);
  if (withBuild) await build(repository, node);
  return node;
}

/**
 * Fetches the Pulumi CLI for the demo, and the official providers where they can be had.
 * @returns {Promise<string | undefined>} why there is no CLI
 */
async function missingPulumi() {
  if (findPulumi() === undefined) tell("the demo begins with Pulumi, which is not here; `npm run demo -- --without-pulumi` goes without");
  try {
    await pulumi();
    await pulumiPlugins(repository);
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    // Without the official providers the demo uses, and names, the repository's stand-ins.
    if (findPulumi() === undefined) return error.message;
  }
  return undefined;
}

/**
 * @param {string} node
 * @param {string[]} args
 */
async function test(node, args) {
  const absent = await testTools();
  const { count, exitCode, notRun } = await runTests(repository, node, args, environment(node));
  const missing = [...absent, ...notRun];
  tellNotRun(missing);
  const strict = process.env.CI === "true";
  const nothingRan = count.passed + count.failed === 0;
  if (nothingRan) tell("no test ran");
  if (strict && count.skipped > 0) tell(`${count.skipped} skipped, which fails in CI`);
  process.stdout.write(`${closingLine(count)}\n`);
  return isGood({ count, exitCode }, { strict, missing }) ? 0 : 1;
}

/**
 * @param {string} node
 * @param {string} file TypeScript, run as it is
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function program(node, file, args, env) {
  const typescript = pathToFileURL(join(repository, "setup", "typescript.mjs")).href;
  const flags = ["--enable-source-maps", "--import", typescript];
  return show(node, [...flags, join(repository, file), ...args], { env: { ...environment(node), ...env } });
}

/**
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
function environment(node) {
  const path = [dirname(node), join(repository, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
  return { ...process.env, ...foundEnvironment(), PATH: path };
}

async function main() {
  process.umask(0o022);
  const [name = "", ...args] = process.argv.slice(2);
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) {
    throw new SetupProblem(`Usage: node setup/run.mjs ${Object.keys(tasks).join("|")} [arguments]; received \`${name}\`.`);
  }
  if (Number(process.versions.node.split(".")[0]) < 20) {
    throw new SetupProblem(`Node ${process.versions.node} is too old to start with: 20 is enough, 24 is fetched by the set-up itself.`);
  }
  process.exitCode = await task(args);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
