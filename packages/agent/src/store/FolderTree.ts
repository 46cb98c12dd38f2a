import type { Stats } from "node:fs";
import { lstat, mkdir, readdir, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { syncFolder } from "./createWhole.js";
import { linkProblem } from "./folderProblem.js";

/** A file below the root of a tree. */
export interface TreeFile {
  /** Relative to the root, with forward slashes. */
  key: string;
  stats: Stats;
}

/** So often may somebody else remove a folder right after it was made before that counts as a failure. */
const FOLDER_TRIES = 8;

/** The folders and files of a store, none of them reached through a symbolic link. The root itself may be one. */
export class FolderTree {
  constructor(readonly root: string) {}

  pathOf(key: string): string {
    return join(this.root, key);
  }

  /** What lies under a key, `` being the root itself; undefined when nothing does. Refuses links on the way. */
  async find(key: string): Promise<Stats | undefined> {
    const root = await existing(stat(this.root));
    if (!root) {
      await this.#assertParent();
      return undefined;
    }
    let found = root;
    let path = this.root;
    for (const segment of key.split("/").filter((segment) => segment !== "")) {
      path = join(path, segment);
      const next = await existing(lstat(path));
      if (!next) return undefined;
      if (next.isSymbolicLink()) throw linkProblem(path);
      found = next;
    }
    return found;
  }

  /**
   * Makes the folder that a key lies in, readable by its owner only, and then something in it. Begins again when the folder is gone by then:
   * whoever removed the last file in it removed it too.
   */
  async inFolderOf<Result>(key: string, work: (folder: string) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(await this.#makeFolderOf(key));
      } catch (error) {
        const { code, syscall } = error as NodeJS.ErrnoException;
        const vanished = code === "ENOENT" && (syscall === "open" || syscall === "mkdir");
        if (!vanished || attempt === FOLDER_TRIES || !(await existing(stat(this.root)))) throw error;
      }
    }
  }

  async #makeFolderOf(key: string): Promise<string> {
    if (!(await existing(stat(this.root)))) {
      await this.#assertParent();
      await makeFolder(this.root);
    }
    let path = this.root;
    for (const segment of key.split("/").slice(0, -1)) {
      path = join(path, segment);
      const found = await existing(lstat(path));
      if (found?.isSymbolicLink()) throw linkProblem(path);
      if (!found) await makeFolder(path);
    }
    return path;
  }

  /**
   * All files whose key begins with `base` (a folder's key and a slash, or nothing) and then `beginning`, in the order of their keys. One
   * folder at a time is in memory. Names that are no key of ours are skipped, links are refused.
   */
  async *walk(base: string, beginning: string, isSegment: (name: string) => boolean): AsyncGenerator<TreeFile> {
    const found = await this.find(base);
    if (!found?.isDirectory()) return;
    const entries = await existing(readdir(this.pathOf(base), { withFileTypes: true }));
    const names = (entries ?? [])
      .filter(({ name }) => name.startsWith(beginning) && isSegment(name))
      // `a-b` comes before `a/c`, as it does in a listing of S3: folders are ordered by their name and a slash.
      .map((entry) => ({ entry, order: entry.isDirectory() ? `${entry.name}/` : entry.name }))
      .sort((a, b) => (a.order < b.order ? -1 : 1));
    for (const { entry } of names) {
      const key = `${base}${entry.name}`;
      if (entry.isSymbolicLink()) throw linkProblem(this.pathOf(key));
      if (entry.isDirectory()) yield* this.walk(`${key}/`, "", isSegment);
      else if (entry.isFile()) {
        const stats = await existing(lstat(this.pathOf(key)));
        if (stats) yield { key, stats };
      }
    }
  }

  /**
   * Removes the file under a key, and then the folders on the way to it that are empty by that; false when there is none. Refuses links on the
   * way and at the end of it.
   */
  async remove(key: string): Promise<boolean> {
    const found = await this.find(key);
    if (!found?.isFile()) return false;
    const gone = await existing(unlink(this.pathOf(key)).then(() => true));
    const folders = key.split("/").slice(0, -1);
    for (let depth = folders.length; depth > 0; depth -= 1) {
      if (!(await removedFolder(this.pathOf(folders.slice(0, depth).join("/"))))) break;
    }
    return gone === true;
  }

  async #assertParent(): Promise<void> {
    const parent = dirname(this.root);
    if (await existing(stat(parent))) return;
    throw new ProblemError(ExitCode.Configuration, {
      where: "store.url",
      reason: `the folder ${parent} does not exist, so this may be a file system that is not mounted`,
      received: `file://${this.root}`,
      allowed: `a folder, or the name of one that pgkeep may make inside a folder that exists`,
      next: `mount the file system, or make the folder: mkdir -p ${parent}`,
    });
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Another writer made it in this moment.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  await syncFolder(dirname(path));
}

/** Whether a folder was empty and is gone. The name's end is made to last, so that a removed object does not come back after a power cut. */
async function removedFolder(path: string): Promise<boolean> {
  try {
    await syncFolder(path);
    await rmdir(path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    // Not empty, or another one removed it in this moment; EBUSY is a place where something is mounted.
    if (["ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** The result, or undefined where there is nothing under that path. */
async function existing<Result>(looking: Promise<Result>): Promise<Result | undefined> {
  try {
    return await looking;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
