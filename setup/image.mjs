import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { findProgram, run } from "./command.mjs";
import { withProgress } from "./progress.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

const usage = `Usage: npm run image [-- OPTIONS]

Builds the image of the agent with \`docker build\` and prints what it is to be called by.

  --tag NAME:TAG   its name, for example registry.example.org/pgkeep:0.1.0 (default: pgkeep:VERSION)
  --push           pushes it under that name; what is then printed, NAME@sha256:…, is what components take
  --base IMAGE     what it is built on (default: the official image of PostgreSQL 18)
  --node IMAGE     where Node 24 is taken from (default: the official image)
  --docker PROGRAM the client to build with (default: docker on PATH; podman works the same)`;

/**
 * The task \`npm run image\`.
 * @param {string} repository
 * @param {string[]} args
 * @returns {Promise<number>}
 */
export async function image(repository, args) {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const docker = options.docker ?? findProgram("docker");
  if (docker === undefined) throw new SetupProblem("docker is not on PATH: install it, or name another client with --docker");
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(repository, "packages", "agent", "package.json"), "utf8"));
  const tag = options.tag ?? `pgkeep:${version}`;
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-image-"));
  try {
    await withProgress("collecting the program and its dependencies", () => collect(repository, folder));
    const built = [
      ...["--file", join(repository, "packages", "agent", "Dockerfile"), "--tag", tag, "--build-arg", `VERSION=${version}`],
      ...["--build-arg", `REVISION=${await revision(repository)}`],
      ...(options.base === undefined ? [] : ["--build-arg", `BASE=${options.base}`]),
      ...(options.node === undefined ? [] : ["--build-arg", `NODE=${options.node}`]),
    ];
    await withProgress(`building ${tag}`, () => run(docker, ["build", ...built, folder]));
    if (options.push) await withProgress(`pushing ${tag}`, () => run(docker, ["push", tag]));
    process.stdout.write(`${await digest(docker, tag, options.push)}\n`);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string[]} args */
function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        tag: { type: "string" },
        push: { type: "boolean", default: false },
        base: { type: "string" },
        node: { type: "string" },
        docker: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new SetupProblem(`${/** @type {Error} */ (error).message}\n\n${usage}`);
  }
}

/**
 * The program as it will lie in the image: compiled, with exactly the dependencies that the lockfile names and none for development.
 * @param {string} repository
 * @param {string} folder
 */
async function collect(repository, folder) {
  const agent = join(repository, "packages", "agent");
  for (const part of ["bin", "dist", "package.json"]) cpSync(join(agent, part), join(folder, part), { recursive: true });
  cpSync(join(repository, "LICENSE"), join(folder, "LICENSE"));
  const only = ["--omit=dev", "--workspace", "packages/agent"];
  const listed = await run("npm", ["ls", "--all", "--parseable", ...only], { cwd: repository });
  for (const path of listed.trim().split("\n")) {
    const place = relative(repository, path);
    const real = realpathSync(path);
    // The root itself, and the agent, which lies there already.
    if (place === "" || real === agent) continue;
    const target = join(folder, place.replace(/^packages[/\\]agent[/\\]/, ""));
    const isOurs = !relative(join(repository, "packages"), real).startsWith("..") && !place.startsWith("packages");
    if (isOurs) copyOurs(real, target);
    else cpSync(real, target, { recursive: true, filter: (source) => source === real || isForRunning(relative(real, source)) });
  }
  const bill = await run("npm", ["sbom", "--sbom-format=cyclonedx", ...only], { cwd: repository });
  writeFileSync(join(folder, "sbom.cdx.json"), bill);
}

/**
 * Whether a file of a package is of any use to a program that runs. Types and source maps are two thirds of all files.
 * @param {string} path within the package
 */
function isForRunning(path) {
  return !path.startsWith("node_modules") && !/\.(d\.[cm]?ts|map)$/.test(path);
}

/**
 * @param {string} source a package of this repository
 * @param {string} target
 */
function copyOurs(source, target) {
  mkdirSync(target, { recursive: true });
  for (const part of ["dist", "package.json"]) cpSync(join(source, part), join(target, part), { recursive: true });
}

/** @param {string} repository */
async function revision(repository) {
  if (!existsSync(join(repository, ".git"))) return "unknown";
  const [head, changed] = [
    await run("git", ["rev-parse", "HEAD"], { cwd: repository }),
    await run("git", ["status", "--porcelain", "--untracked-files=no"], { cwd: repository }),
  ];
  return `${head.trim()}${changed.trim() === "" ? "" : "-changed"}`;
}

/**
 * What the image is called by for good: NAME@sha256:… once a registry has it, else its id, which is of this machine.
 * @param {string} docker
 * @param {string} tag
 * @param {boolean} pushed
 */
async function digest(docker, tag, pushed) {
  const format = pushed ? "{{index .RepoDigests 0}}" : "{{.Id}}";
  return (await run(docker, ["image", "inspect", "--format", format, tag])).trim();
}
