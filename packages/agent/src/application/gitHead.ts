import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

/** Where a work tree is, by the files that git keeps there. */
export interface GitHead {
  sha: string;
  /** Null where no branch is checked out. */
  branch: string | null;
  /** Whether there is a work tree beside the repository. */
  hasWorkTree: boolean;
}

/** Why a folder tells no commit, in a few words. */
export class GitUnknown extends Error {}

const SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
/** As git check-ref-format(1) allows, narrowed to what is a path below the repository. */
const REF = /^refs\/(?!.*(?:\.\.|\/\/|\/\.|@\{))[^\s\\~^:?*[]+$/u;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The commit that is checked out, read from git's own files (gitrepository-layout(5)): HEAD, and the branch as a file or in packed-refs. No
 * program is run, so that it works where git is not installed, as in a container, and where git refuses because the work tree belongs to somebody
 * else (safe.directory); nothing that a repository configures can run with the agent's rights. Undefined where the branch is kept in
 * another format (reftable), which git itself has to read.
 */
export async function readGitHead(folder: string): Promise<GitHead | undefined> {
  const { gitFolder, hasWorkTree } = await findGitFolder(folder);
  const head = (await readIfAny(join(gitFolder, "HEAD")))?.trim();
  if (head === undefined) throw new GitUnknown(`${gitFolder} holds no HEAD`);
  if (SHA.test(head)) return { sha: head, branch: null, hasWorkTree };
  const ref = /^ref: *(.+)$/.exec(head)?.[1] ?? "";
  if (ref === "refs/heads/.invalid") return undefined;
  if (!REF.test(ref)) throw new GitUnknown(`${join(gitFolder, "HEAD")} names neither a commit nor a branch`);
  // Beside a linked work tree's own HEAD, branches are in the repository that it is linked to.
  const common = (await readIfAny(join(gitFolder, "commondir")))?.trim();
  const commonFolder = common === undefined ? gitFolder : resolve(gitFolder, common);
  const sha = (await readIfAny(join(commonFolder, ref)))?.trim() ?? packed(await readIfAny(join(commonFolder, "packed-refs")), ref);
  const branch = ref.replace(/^refs\/heads\//, "");
  if (sha === undefined) throw new GitUnknown(`branch ${branch} has no commit yet`);
  if (!SHA.test(sha)) throw new GitUnknown(`branch ${branch} does not name a commit`);
  return { sha, branch, hasWorkTree };
}

/** The repository of a work tree: its folder `.git`, the one that its file `.git` names (a linked work tree, a submodule), or a bare one. */
async function findGitFolder(folder: string): Promise<{ gitFolder: string; hasWorkTree: boolean }> {
  const dotGit = join(folder, ".git");
  const found = await stat(dotGit).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new GitUnknown(`${dotGit} cannot be read: ${error.code}`);
  });
  if (found?.isDirectory()) return { gitFolder: dotGit, hasWorkTree: true };
  if (found !== undefined) {
    const link = /^gitdir: *(.+)$/m.exec((await readIfAny(dotGit)) ?? "")?.[1];
    if (link === undefined) throw new GitUnknown(`${dotGit} is neither a folder nor the name of one`);
    return { gitFolder: resolve(folder, link.trim()), hasWorkTree: true };
  }
  const bare = await Promise.all(["HEAD", "objects", "refs"].map((name) => stat(join(folder, name)).catch(() => undefined)));
  if (bare.every((part) => part !== undefined)) return { gitFolder: folder, hasWorkTree: false };
  throw new GitUnknown(`${folder} is no root of a git work tree: nothing in it is called .git`);
}

async function readIfAny(file: string): Promise<string | undefined> {
  try {
    if ((await stat(file)).size > MOST_BYTES) throw new GitUnknown(`${file} is too large to be git's`);
    return await readFile(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    if (error instanceof GitUnknown) throw error;
    throw new GitUnknown(`${file} cannot be read: ${code ?? message}`);
  }
}

/** git-pack-refs(1): one line each, commit and name. */
function packed(text: string | undefined, ref: string): string | undefined {
  const line = text?.split("\n").find((one) => one.endsWith(` ${ref}`));
  return line?.split(" ")[0];
}
