import { mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { childrenOf, signal } from "../processFamily.js";
import { type ServerProcess, startServerProcess } from "../serverProcess.js";
import { DockerEngine } from "./DockerEngine.js";

/** A real Docker Engine of our own. */
export interface TestDocker {
  readonly engine: DockerEngine;
  /** Path of its Unix socket; it listens nowhere else. */
  readonly socket: string;
  /** Everything of this Engine: images, volumes, the socket, its log. */
  readonly folder: string;
  log(): string;
  /** Ends it with its containers, networks and mounts, and removes its folder. */
  stop(): Promise<void>;
}

/** Why a test that needs it cannot run here; undefined when it can. */
export function missingDocker(): string | undefined {
  return process.env.PGKEEP_DOCKERD === undefined ? "a Docker Engine (dockerd) cannot be started on this machine" : undefined;
}

/**
 * Starts an Engine that shares nothing with one that this machine may run: in namespaces of its own for processes, mounts and network, with an
 * empty /run. Whatever it starts, mounts or puts up as a bridge is gone when the namespaces' first process is, even by a kill.
 * @param storageDriver `vfs` works on every file system and copies each layer whole; `overlay2` does not, on a file system that has it
 */
export async function startDocker(storageDriver: "vfs" | "overlay2" = "vfs"): Promise<TestDocker> {
  const program = process.env.PGKEEP_DOCKERD;
  if (program === undefined) throw new Error(`${missingDocker()}. \`npm test\` installs it where it can, and says why where it cannot.`);
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-docker-"));
  const socket = join(folder, "docker.sock");
  const logFile = join(folder, "docker.log");
  const controlGroup = basename(folder);
  const engine = new DockerEngine(socket);
  let server: ServerProcess | undefined;
  const stop = async () => {
    // The kernel ends a namespace's first process after all its others, and `unshare` ends after that one.
    const first = server === undefined ? [] : childrenOf(server.processId);
    for (const processId of first) signal(processId, "SIGKILL");
    await server?.end(first.length > 0 ? "SIGCONT" : "SIGKILL");
    removeControlGroups(controlGroup);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  const namespaces = ["--mount", "--propagation", "private", "--net", "--pid", "--mount-proc", "--fork", "--kill-child"];
  const options = {
    "config-file": "", // none: the one of this machine is for its own Engine
    host: `unix://${socket}`,
    "data-root": join(folder, "data"),
    "exec-root": "/run/docker",
    pidfile: "/run/docker.pid",
    "storage-driver": storageDriver,
    iptables: "false",
    ip6tables: "false",
    "ip-forward": "false",
    "exec-opt": "native.cgroupdriver=cgroupfs",
    "cgroup-parent": `/${controlGroup}`,
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  try {
    server = await startServerProcess({
      program: "unshare",
      args: [...namespaces, "sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "sh", program, ...args],
      logFile,
      ready: () => engine.find("/_ping").then(Boolean, () => false),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { engine, socket, folder, log: () => readFileSync(logFile, "utf8"), stop };
}

/** Where the kernel accounted for its containers: emptied by now, and of this Engine alone. */
function removeControlGroups(name: string): void {
  const root = "/sys/fs/cgroup";
  for (const path of [root, ...foldersIn(root)].map((parent) => join(parent, name))) {
    for (const group of [...foldersIn(path), path]) {
      try {
        rmdirSync(group);
      } catch {
        // no such group in this hierarchy
      }
    }
  }
}

function foldersIn(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  } catch {
    return [];
  }
}
