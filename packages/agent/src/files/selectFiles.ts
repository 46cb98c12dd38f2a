import type { Stats } from "node:fs";
import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import path from "node:path";
import { type AgentConfig, ExitCode, type Problem, ProblemError } from "@pgkeep/core";

/** A file, folder or symbolic link to be saved. */
export interface SelectedFile {
  /** Relative to the root, with forward slashes. */
  path: string;
  absolutePath: string;
  type: "file" | "directory" | "symlink";
  stats: Stats;
  /** Where a symbolic link points, as it is written. */
  linkTarget?: string;
}

/**
 * Lists what the configured paths hold, folders with everything below them. Refuses paths that leave the root, also through a symbolic
 * link in the middle, what does not exist, and what cannot be saved (sockets, devices). Symbolic links are saved as links, never followed.
 */
export async function selectFiles(config: NonNullable<AgentConfig["files"]>): Promise<SelectedFile[]> {
  const root = await realpath(config.root).catch(() => undefined);
  if (root === undefined || !path.isAbsolute(config.root)) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "files.root",
      received: config.root,
      allowed: "an absolute folder that exists",
      reason: "the files to save are looked up below this folder",
      next: "correct files.root or remove `files`",
    });
  }
  const problems: Problem[] = [];
  const selected = new Map<string, SelectedFile>();
  for (const [index, given] of config.paths.entries()) {
    await collect(root, given, selected).catch((error: unknown) => {
      problems.push({
        where: `files.paths[${index}]`,
        received: given,
        reason: (error as Error).message,
        next: "correct or remove this path",
      });
    });
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.Configuration, problems);
  return [...selected.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function collect(root: string, given: string, selected: Map<string, SelectedFile>): Promise<void> {
  const absolutePath = path.resolve(root, given);
  if (path.isAbsolute(given) || !isBelow(root, absolutePath)) throw new Error("leaves files.root; only paths below it are saved");
  const parent = await realpath(path.dirname(absolutePath)).catch(() => undefined);
  if (parent === undefined) throw new Error("does not exist");
  if (parent !== root && !isBelow(root, parent)) throw new Error("leaves files.root through a symbolic link");
  await add(root, path.join(parent, path.basename(absolutePath)), selected);
}

async function add(root: string, absolutePath: string, selected: Map<string, SelectedFile>): Promise<void> {
  const stats = await lstat(absolutePath).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === "ENOENT" ? "does not exist" : `cannot be read: ${error.message}`);
  });
  const relative = path.relative(root, absolutePath).split(path.sep).join("/");
  if (stats.isSymbolicLink()) {
    selected.set(relative, { path: relative, absolutePath, type: "symlink", stats, linkTarget: await readlink(absolutePath) });
  } else if (stats.isFile()) {
    selected.set(relative, { path: relative, absolutePath, type: "file", stats });
  } else if (stats.isDirectory()) {
    selected.set(relative, { path: relative, absolutePath, type: "directory", stats });
    for (const name of await readdir(absolutePath)) await add(root, path.join(absolutePath, name), selected);
  } else {
    throw new Error(`holds ${relative}, which is neither a file, a folder nor a symbolic link and cannot be saved`);
  }
}

function isBelow(root: string, candidate: string): boolean {
  const relative = path.relative(root, candidate);
  return relative !== "" && !relative.startsWith(`..${path.sep}`) && relative !== ".." && !path.isAbsolute(relative);
}
