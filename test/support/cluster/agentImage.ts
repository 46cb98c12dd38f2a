import { execFile, spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startDocker } from "../docker/dockerServer.js";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../..", import.meta.url));

export const AGENT_IMAGE = "pgkeep.invalid/pgkeep:test";

/** Builds the agent's image as `npm run image` does, on Debian's packages, and saves it into a file for a node to import. */
export async function saveAgentImage(base: string, folder: string): Promise<string> {
  const docker = await startDocker("overlay2");
  try {
    const environment = { ...process.env, DOCKER_HOST: `unix://${docker.socket}` };
    const options = { env: environment, maxBuffer: 64 * 1024 * 1024 };
    await importFiles("base:test", () => createReadStream(base), environment);
    await importFiles("node:test", () => nodeArchive(), environment);
    const args = ["setup/run.mjs", "image", "--base", "base:test", "--node", "node:test", "--tag", AGENT_IMAGE];
    await run(process.execPath, args, { ...options, cwd: repository });
    const archive = join(folder, "agent.tar");
    await run("docker", ["save", "--output", archive, AGENT_IMAGE], options);
    return archive;
  } finally {
    await docker.stop();
  }
}

async function importFiles(name: string, files: () => NodeJS.ReadableStream, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn("docker", ["import", "-", name], { env, stdio: ["pipe", "ignore", "inherit"] });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`docker import ${name} ended with ${code}`))));
  });
  await Promise.all([pipeline(files(), child.stdin), ended]);
}

/** An image with nothing but the Node that runs this, in the place that the official one has it in. */
function nodeArchive(): NodeJS.ReadableStream {
  const place = process.execPath.replace(/^\//, "");
  const args = ["--create", "--transform", `s,^${place}$,usr/local/bin/node,`, "--directory", "/", place];
  return spawn("tar", args, { stdio: ["ignore", "pipe", "inherit"] }).stdout;
}
