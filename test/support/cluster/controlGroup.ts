import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the kernel accounts for the Pods of one node. */
export interface ControlGroup {
  name: string;
  /** Once no process is left in it. */
  remove(): void;
}

const ROOT = "/sys/fs/cgroup";

/**
 * A control group for one node's Pods. Without one of its own a kubelet takes the Pods of every other kubelet of this machine for remains of its own,
 * and ends their processes.
 */
export function makeControlGroup(name: string): ControlGroup {
  const parents = hierarchies();
  for (const parent of parents) {
    const path = join(parent, name);
    mkdirSync(path);
    // Version 1: no process can be in a new group before it has these. Version 2 has them from the start, and gives controllers when it is told to.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) inherit(parent, path, file);
    handDown(parent);
  }
  return {
    name,
    remove: () => {
      for (const parent of parents) removeTree(join(parent, name));
    },
  };
}

/** The only one of version 2, or each of version 1. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, "cgroup.controllers"))) return [ROOT];
  return foldersIn(ROOT).filter((path) => existsSync(join(path, "cgroup.procs")));
}

function inherit(parent: string, path: string, file: string): void {
  if (existsSync(join(parent, "cgroup.controllers")) || !existsSync(join(parent, file))) return;
  writeFileSync(join(path, file), readFileSync(join(parent, file)));
}

function handDown(parent: string): void {
  const controllers = join(parent, "cgroup.controllers");
  if (!existsSync(controllers)) return;
  const names = readFileSync(controllers, "utf8").split(/\s+/).filter(Boolean);
  try {
    if (names.length > 0) writeFileSync(join(parent, "cgroup.subtree_control"), names.map((one) => `+${one}`).join(" "));
  } catch {
    // Refused where processes are in it, as in a container: then the kubelet says what it misses.
  }
}

function removeTree(path: string): void {
  if (!existsSync(path)) return;
  for (const child of foldersIn(path)) removeTree(child);
  try {
    rmdirSync(path);
  } catch {
    // Something in it has not ended yet. An empty group costs nothing.
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
