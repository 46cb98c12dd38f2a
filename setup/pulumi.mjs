import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { findProgram, isProgram, run } from "./command.mjs";
import { tell } from "./progress.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/** The oldest that is used where it is found, and the one that is fetched or built where none is. */
const version = "3.250.0";
const name = `pulumi-${version}`;

/** The npm package that downloads the official CLI, with the hosts of all languages. */
const launcher = "pulumi@3.265.0";

/**
 * The Pulumi CLI: one on PATH or where its own installer puts it, when new enough; else the one that the set-up made.
 * @returns {string | undefined}
 */
export function findPulumi() {
  const asked = process.env.PGKEEP_PULUMI;
  if (asked !== undefined && asked !== "") return asked;
  const installed = findProgram("pulumi", [join(homedir(), ".pulumi", "bin"), "/opt/homebrew/bin", "/usr/local/bin"]);
  if (installed !== undefined && isNewEnough(installed)) return installed;
  const made = join(cached(name), "bin", "pulumi");
  return isProgram(made) ? made : undefined;
}

/** Fetches or builds it where there is none. */
export async function pulumi() {
  if (findPulumi() === undefined) await make();
}

/** The same, and says which it is: what was tested depends on it. */
export async function pulumiForTests() {
  await pulumi();
  const program = findPulumi();
  if (program !== undefined) tell(`Pulumi CLI: ${program} (${originOf(program)})`);
}

async function make() {
  if (await pulumiAnswers()) {
    try {
      return await makeOnce(name, `downloading the Pulumi CLI ${version} by its npm launcher (once per machine)`, download);
    } catch (error) {
      if (!(error instanceof SetupProblem)) throw error;
      tell(`${error.message}\nThe Pulumi CLI is built from source instead.`);
    }
  }
  const go = findProgram("go", ["/usr/local/go/bin", "/opt/homebrew/bin", "/usr/local/bin"]);
  if (go === undefined) throw new SetupProblem("get.pulumi.com does not answer, and Go, which would build it, is not on this machine");
  return await makeOnce(name, `building the Pulumi CLI ${version} from its Go modules (once per machine, 5 to 15 minutes)`, (folder) =>
    build(go, folder),
  );
}

/** Whether anything can be downloaded: the CLI and its launcher would wait for minutes where nothing answers. */
export async function pulumiAnswers() {
  try {
    const { ok } = await fetch("https://get.pulumi.com/install.sh", { method: "HEAD", signal: AbortSignal.timeout(4000) });
    return ok;
  } catch {
    return false;
  }
}

/** @param {string} folder */
async function download(folder) {
  const home = join(folder, "home");
  const env = { ...process.env, PULUMI_HOME: home, PULUMI_VERSION: version, PULUMI_SKIP_UPDATE_CHECK: "true" };
  await run("npm", ["exec", "--yes", `--package=${launcher}`, "--", "pulumi", "version"], { env });
  // Where the launcher keeps versions, which it shares with the Automation API.
  await run("mv", [join(home, "versions", version, "bin"), join(folder, "bin")]);
  writeFileSync(join(folder, "origin"), "the official download");
}

/**
 * The CLI is a Go module of its own, but not one that `go install` accepts: its go.mod replaces a module.
 * @param {string} go
 * @param {string} folder
 */
async function build(go, folder) {
  const source = join(folder, "source");
  mkdirSync(source);
  writeFileSync(
    join(source, "go.mod"),
    [
      "module pgkeep.invalid/pulumi-cli",
      "go 1.25",
      `require github.com/pulumi/pulumi/pkg/v3 v${version}`,
      "replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e",
      "",
    ].join("\n\n"),
  );
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  const output = join(folder, "bin", "pulumi");
  // -mod=mod: without a go.sum, and without the dependencies of tests that `go mod tidy` would fetch.
  const args = ["build", "-mod=mod", "-ldflags", flags, "-o", output, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"];
  await run("nice", ["-n", "10", go, ...args], { cwd: source });
  writeFileSync(join(folder, "origin"), "built from its Go modules, without the official language hosts");
}

/**
 * Where a CLI came from, in words.
 * @param {string} program
 */
export function originOf(program) {
  const note = join(cached(name), "origin");
  if (program === join(cached(name), "bin", "pulumi") && existsSync(note)) return readFileSync(note, "utf8");
  return "found on this machine";
}

/** @param {string} program */
function isNewEnough(program) {
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const text = execFileSync(program, ["version"], { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] });
    const [major = 0, minor = 0] = text.trim().replace(/^v/, "").split(".").map(Number);
    return major === 3 && minor >= Number(version.split(".")[1]);
  } catch {
    return false;
  }
}
