import { type FileHandle, open, realpath } from "node:fs/promises";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { type FileAccess, secretFileProblem } from "./filePermissions.js";
import { mountedReadOnly } from "./mountedReadOnly.js";

/** Keys and passwords are small; anything larger is another file. */
const MAXIMUM_BYTES = 1024 * 1024;

/**
 * Reads a file that holds a secret, and refuses one that others could read or change. `where` is the setting that names the file. Throws a
 * ProblemError that names the file and never repeats what is in it. A pipe (`<(command)` of a shell) is read as it is.
 */
export async function readPrivateFile(path: string, where: string, judge = secretFileProblem): Promise<string> {
  const handle = await openFile(path, where);
  try {
    const status = await handle.stat();
    if (status.isDirectory()) throw refusal(path, where, "this is a folder, and a file is wanted", "name the file in it");
    const user = process.geteuid?.();
    // Windows has no such bits.
    if (status.isFile() && user !== undefined) {
      const access: FileAccess = {
        mode: status.mode & 0o7777,
        owner: status.uid,
        mountedReadOnly: await mountedReadOnly(await realpath(path)),
      };
      const problem = judge(access, user);
      if (problem)
        throw refusal(
          `${path} (mode ${access.mode.toString(8).padStart(4, "0")}, owner ${access.owner})`,
          where,
          problem.reason,
          problem.next.replaceAll("FILE", path),
        );
    }
    return await readText(handle, path, where);
  } finally {
    await handle.close();
  }
}

async function openFile(path: string, where: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    throw unreadable(path, where, error);
  }
}

async function readText(handle: FileHandle, path: string, where: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, null);
    if (bytesRead === 0) break;
    bytes += bytesRead;
    if (bytes > MAXIMUM_BYTES) throw refusal(path, where, "this file is larger than any key or password", "name another file");
    chunks.push(buffer.subarray(0, bytesRead));
  }
  const content = Buffer.concat(chunks);
  if (content.includes(0)) throw refusal(path, where, "this file is binary, and text is wanted", "name another file");
  return content.toString("utf8").replace(/^\uFEFF/, "");
}

/** The problem of a file that cannot be opened. */
export function unreadable(path: string, where: string, error: unknown): ProblemError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  if (code === "EACCES" || code === "EPERM") {
    return new ProblemError(
      ExitCode.Permission,
      {
        where,
        received: path,
        reason: `the agent's user (${process.geteuid?.() ?? "this one"}) may not read this file or a folder above it`,
        next: "make the agent's user its owner, or give it to a group that only this user is in and chmod 640",
      },
      { cause: error },
    );
  }
  const reason = code === "ENOENT" || code === "ENOTDIR" ? "there is no such file" : `this file cannot be read (${code})`;
  return refusal(path, where, reason, "correct the path", error);
}

function refusal(received: string, where: string, reason: string, next: string, cause?: unknown): ProblemError {
  return new ProblemError(ExitCode.Configuration, { where, received, reason, next }, { cause });
}
