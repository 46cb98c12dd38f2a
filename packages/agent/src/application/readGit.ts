import type { GitRecord } from "@pgkeep/core";
import { type GitHead, GitUnknown, readGitHead } from "./gitHead.js";
import { runGit } from "./runGit.js";

/**
 * The commit of a work tree. Commit and branch come from git's own files; whether anything was changed since, and when it was committed, from
 * `git`, where that is installed and trusts the folder, else null. Throws GitUnknown.
 */
export async function readGit(folder: string): Promise<GitRecord> {
  const head = (await readGitHead(folder)) ?? (await headByGit(folder));
  const { sha, branch, hasWorkTree } = head;
  return { sha, branch, dirty: hasWorkTree ? await isDirty(folder) : null, committedAt: await committedAt(folder, sha) };
}

async function headByGit(folder: string): Promise<GitHead> {
  const sha = (await runGit(folder, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { anyOwner: true }))?.trim();
  if (sha === undefined || sha === "")
    throw new GitUnknown(`${folder} keeps its branches in a format that only git reads, and git could not`);
  const branch = (await runGit(folder, ["symbolic-ref", "--quiet", "--short", "HEAD"], { anyOwner: true }))?.trim();
  return { sha, branch: branch || null, hasWorkTree: true };
}

/** Whether tracked files differ from the commit. Files that git does not know are no part of any version. */
async function isDirty(folder: string): Promise<boolean | null> {
  const changed = await runGit(folder, ["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all"]);
  return changed === undefined ? null : changed !== "";
}

async function committedAt(folder: string, sha: string): Promise<string | null> {
  // The object itself: `git log` would run what log.showSignature asks for.
  const commit = await runGit(folder, ["cat-file", "commit", sha], { anyOwner: true });
  const seconds = /^committer .*> (\d{1,12}) [+-]\d{4}$/m.exec(commit ?? "")?.[1];
  return seconds === undefined ? null : new Date(Number(seconds) * 1000).toISOString();
}
