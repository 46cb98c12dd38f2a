import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GitUnknown } from "./gitHead.js";
import { readGit } from "./readGit.js";

const COMMITTED_AT = "2026-11-21T02:00:00.000Z";
let folder: string;
let tree: string;

function git(where: string, ...words: string[]): string {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"];
  const date = "2026-11-21T03:00:00+0100";
  const env = { PATH: process.env.PATH ?? "", GIT_CONFIG_NOSYSTEM: "1", HOME: folder, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  return execFileSync("git", [...identity, "-C", where, ...words], { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-git-"));
  tree = join(folder, "app");
  mkdirSync(tree);
  git(tree, "init", "--quiet");
  writeFileSync(join(tree, "file"), "1\n");
  git(tree, "add", "file");
  git(tree, "commit", "--quiet", "-m", "first");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const sha = () => git(tree, "rev-parse", "HEAD");
const clean = () => ({ sha: sha(), branch: "main", dirty: false, committedAt: COMMITTED_AT });

describe("the commit of a work tree", () => {
  it("is told with its branch and its time", async () => expect(await readGit(tree)).toEqual(clean()));

  it("is dirty when a tracked file differs, and not for files that git does not know", async () => {
    writeFileSync(join(tree, "unknown"), "");
    expect(await readGit(tree)).toEqual(clean());
    writeFileSync(join(tree, "file"), "2\n");
    expect(await readGit(tree)).toEqual({ ...clean(), dirty: true });
  });

  it("may be on no branch", async () => {
    git(tree, "checkout", "--quiet", "--detach");
    expect(await readGit(tree)).toEqual({ ...clean(), branch: null });
  });

  it("is found in packed refs, and where a loose one is newer, there", async () => {
    git(tree, "checkout", "--quiet", "-b", "feature/with-slash");
    git(tree, "pack-refs", "--all");
    expect(existsSync(join(tree, ".git/refs/heads/feature/with-slash"))).toBe(false);
    expect(await readGit(tree)).toEqual({ ...clean(), branch: "feature/with-slash" });
    git(tree, "commit", "--quiet", "--allow-empty", "-m", "second");
    expect(await readGit(tree)).toEqual({ ...clean(), branch: "feature/with-slash" });
  });

  it("is told of a linked work tree, whose .git is a file", async () => {
    const linked = join(folder, "linked");
    git(tree, "worktree", "add", "--quiet", "-b", "other", linked);
    git(linked, "commit", "--quiet", "--allow-empty", "-m", "second");
    expect(statSync(join(linked, ".git")).isFile()).toBe(true);
    expect(await readGit(linked)).toEqual({
      sha: git(linked, "rev-parse", "HEAD"),
      branch: "other",
      dirty: false,
      committedAt: COMMITTED_AT,
    });
    expect(await readGit(tree)).toEqual(clean());
  });

  it("is told of a bare repository, as Dokku keeps one", async () => {
    const bare = join(folder, "bare");
    git(tree, "clone", "--quiet", "--bare", tree, bare);
    expect(await readGit(bare)).toEqual({ ...clean(), dirty: null });
  });

  it("is known without git, but not whether files changed nor when it was made", async () => {
    const expected = { ...clean(), dirty: null, committedAt: null };
    vi.stubEnv("PATH", join(folder, "empty"));
    expect(await readGit(tree)).toEqual(expected);
  });

  it("runs nothing that the repository configures, writes nothing and follows no GIT_DIR", async () => {
    const trap = join(folder, "trap");
    const setTrap = `#!/bin/sh\ntouch ${trap}\n`;
    writeFileSync(join(folder, "run"), setTrap, { mode: 0o755 });
    for (const hook of ["post-index-change", "post-checkout"]) writeFileSync(join(tree, ".git/hooks", hook), setTrap, { mode: 0o755 });
    git(tree, "config", "core.fsmonitor", join(folder, "run"));
    git(tree, "config", "core.pager", join(folder, "run"));
    git(tree, "config", "gpg.program", join(folder, "run"));
    git(tree, "config", "log.showSignature", "true");
    rmSync(trap, { force: true });
    const expected = clean();
    rmSync(trap, { force: true });
    // Touched, so that git would refresh the index.
    writeFileSync(join(tree, "file"), "1\n");
    const index = readFileSync(join(tree, ".git/index"));
    vi.stubEnv("GIT_DIR", join(folder, "elsewhere"));
    expect(await readGit(tree)).toEqual(expected);
    expect(existsSync(trap)).toBe(false);
    expect(readFileSync(join(tree, ".git/index"))).toEqual(index);
  });

  const ofSomebodyElse = async () => {
    const trap = join(folder, "trap");
    git(tree, "config", "filter.trap.clean", `touch ${trap}; cat`);
    writeFileSync(join(tree, ".gitattributes"), "file filter=trap\n");
    writeFileSync(join(tree, "file"), "2\n");
    const expected = { ...clean(), dirty: null };
    rmSync(trap, { force: true });
    for (const path of [tree, join(tree, ".git")]) chownSync(path, 12_345, 12_345);
    expect(await readGit(tree)).toEqual(expected);
    expect(existsSync(trap)).toBe(false);
  };
  // Only root can give files away; for others the case does not exist.
  if (process.getuid?.() === 0) it("of somebody else's work tree is known, and no filter of theirs is run to see changes", ofSomebodyElse);
});

describe("no commit", () => {
  const reason = (where: string) =>
    readGit(where).then(
      () => "none",
      (error: unknown) => (error instanceof GitUnknown ? error.message : `not expected: ${String(error)}`),
    );

  it("is in a folder that is no work tree, nor in one below it", async () => {
    expect(await reason(folder)).toContain("is no root of a git work tree");
    mkdirSync(join(tree, "below"));
    expect(await reason(join(tree, "below"))).toContain("is no root of a git work tree");
    expect(await reason(join(folder, "nowhere"))).toContain("is no root of a git work tree");
    expect(await reason(join(tree, "file"))).toContain("is no root of a git work tree");
  });

  it("is on a branch that has none yet", async () => {
    git(tree, "checkout", "--quiet", "--orphan", "unborn");
    expect(await reason(tree)).toBe("branch unborn has no commit yet");
  });

  it("is taken from files that are none of git's", async () => {
    const head = join(tree, ".git/HEAD");
    for (const text of ["", "ref: ../../etc/passwd", "ref: refs/heads/../../../etc/passwd", "no sha", `${"0".repeat(39)}`]) {
      writeFileSync(head, text);
      expect(await reason(tree), text).toContain("names neither a commit nor a branch");
    }
    writeFileSync(head, "ref: refs/heads/main\n");
    writeFileSync(join(tree, ".git/refs/heads/main"), "nonsense\n");
    expect(await reason(tree)).toBe("branch main does not name a commit");
    rmSync(head);
    expect(await reason(tree)).toContain("holds no HEAD");
    renameSync(join(tree, ".git"), join(folder, "moved"));
    writeFileSync(join(tree, ".git"), "not a link\n");
    expect(await reason(tree)).toContain("neither a folder nor the name of one");
  });
});
