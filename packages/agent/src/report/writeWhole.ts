import { ExitCode, ProblemError } from "@pgkeep/core";
import writeFileAtomic from "write-file-atomic";

/** Writes a file that is there whole or as it was before, and that only its owner may read unless `mode` says more. A file of this name is replaced. */
export async function writeWhole(path: string, text: string, mode = 0o600): Promise<void> {
  try {
    await writeFileAtomic(path, text, { mode });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ProblemError(
      { EACCES: ExitCode.Permission, EPERM: ExitCode.Permission, ENOSPC: ExitCode.NoSpace, ENOENT: ExitCode.Usage }[code ?? ""] ??
        ExitCode.InputOutput,
      {
        where: path,
        reason: code === "ENOENT" ? "its folder does not exist" : `this file cannot be written: ${message}`,
        next: code === "ENOENT" ? "make the folder, or name another file" : "name a file in a folder that this account may write to",
      },
      { cause: error },
    );
  }
}
