import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";

type Explanation = [ExitCode, Pick<Problem, "reason" | "next">];

const NO_LINKS: Explanation = [
  ExitCode.Configuration,
  {
    reason:
      "this file system has no hard links, without which a file cannot be made whole and create-only (exFAT and some network and FUSE mounts)",
    next: "use a folder on a local file system or on NFS, or an s3:// store",
  },
];
const NO_SPACE: Explanation = [
  ExitCode.NoSpace,
  { reason: "no room is left there; nothing appeared under this name", next: "make room, or raise the quota, and run it again" },
];
const NOT_ALLOWED: Explanation = [
  ExitCode.Permission,
  {
    reason: "the operating system does not allow it",
    next: "give the account that runs pgkeep the right to this folder and what is in it",
  },
];
const NO_PLACE: Explanation = [
  ExitCode.Configuration,
  { reason: "a folder on the way to it does not exist", next: "check store.url, and whether the file system is mounted" },
];
const A_LINK: Explanation = [
  ExitCode.Configuration,
  {
    reason: "a symbolic link lies inside the store, and following it would lead out of it",
    next: "put the folder itself in its place; store.url may be a link, what is below it may not",
  },
];

const EXPLANATIONS: Record<string, Explanation> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: [
    ExitCode.NoSpace,
    {
      reason: "a file may not become this large there; nothing appeared under this name",
      next: "raise the limit (ulimit -f), or use another file system",
    },
  ],
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EROFS: [ExitCode.Permission, { reason: "the file system is mounted read-only", next: "mount it so that it can be written" }],
  ENOENT: NO_PLACE,
  ENOTDIR: [ExitCode.Configuration, { reason: "there is a file where a folder should be", next: "check store.url, or move the file away" }],
  EISDIR: [ExitCode.DataWrong, { reason: "there is a folder where an object should be", next: "move the folder away" }],
  ENAMETOOLONG: [
    ExitCode.Configuration,
    { reason: "the name is longer than this file system allows", next: "use a shorter path in store.url" },
  ],
  ELOOP: A_LINK,
  ENOTSUP: NO_LINKS,
  EOPNOTSUPP: NO_LINKS,
  ENOSYS: NO_LINKS,
};

/** What went wrong with a folder or a file, in words for the user and with the exit code it leads to. Passes on what is explained already. */
export function folderProblem(error: unknown, path: string): Error {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error as Error;
  const [exitCode, explanation] =
    (syscall === "link" && code === "EPERM" ? NO_LINKS : EXPLANATIONS[code]) ??
    ([
      ExitCode.InputOutput,
      { reason: "reading or writing failed", next: "check the disk, or the connection to the server it is mounted from" },
    ] satisfies Explanation);
  return new ProblemError(exitCode, { where: path, received: message, ...explanation }, { cause: error });
}

/** A symbolic link was found below the store's root. */
export function linkProblem(path: string): ProblemError {
  const [exitCode, explanation] = A_LINK;
  return new ProblemError(exitCode, { where: path, ...explanation });
}
