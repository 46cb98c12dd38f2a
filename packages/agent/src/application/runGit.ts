import { execFile } from "node:child_process";
import { promisify } from "node:util";

const TIMEOUT_MILLISECONDS = 10_000;
/** What a repository may configure and what would run a program or reach another machine when it is read. */
const SAFE = [
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "protocol.allow=never",
  "-c",
  "submodule.recurse=false",
];

/**
 * What git prints about a repository; undefined where git is missing, refuses, or takes too long. With `anyOwner` in repositories of others too: only
 * for commands that run nothing which a repository configures. Without, git itself refuses there, since a filter of the repository would run.
 */
export async function runGit(folder: string, words: readonly string[], { anyOwner = false } = {}): Promise<string | undefined> {
  try {
    const safe = anyOwner ? [...SAFE, "-c", "safe.directory=*"] : SAFE;
    const { stdout } = await promisify(execFile)("git", [...safe, "-C", folder, ...words], {
      env: {
        // Neither the caller's GIT_DIR nor anybody's configuration, and no secret.
        PATH: process.env.PATH ?? "",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_CONFIG_GLOBAL: "/dev/null",
        // Reading must not write: the index stays as it is.
        GIT_OPTIONAL_LOCKS: "0",
        GIT_NO_LAZY_FETCH: "1",
        GIT_TERMINAL_PROMPT: "0",
        LC_ALL: "C",
      },
      timeout: TIMEOUT_MILLISECONDS,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  } catch {
    return undefined;
  }
}
