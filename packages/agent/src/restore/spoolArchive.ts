import { open, statfs, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { ArchiveReader, type ArchiveSummary } from "../archive/ArchiveReader.js";
import { type ArchiveSource, assertRecorded } from "./ArchiveSource.js";
import { feedArchive } from "./feedArchive.js";

/** A decrypted archive on disk. */
export interface SpooledArchive {
  summary: ArchiveSummary;
  /** The path by which a child process that inherits `descriptor` as number 3 opens it, as often as it likes. */
  path: string;
  /** Null where the path is the file's own name. */
  descriptor: number | null;
  close(): Promise<void>;
}

/**
 * Writes a decrypted archive into a new file that only we may read, and says what it holds once it was found whole. On Linux the file loses
 * its name before the first byte is written: it is gone with the processes that hold it open, however they end. Elsewhere an open file
 * cannot be opened anew without its name, so there the caller's folder has to go.
 */
export async function spoolArchive(source: ArchiveSource, folder: string, onBytes: (bytes: number) => void): Promise<SpooledArchive> {
  const file = join(folder, "archive");
  await assertSpace(source, file);
  const handle = await open(file, "wx+", 0o600);
  const nameless = process.platform === "linux";
  try {
    if (nameless) await unlink(file);
    const take = (piece: Buffer) => handle.appendFile(piece).catch((error: unknown) => Promise.reject(spoolFailure(file, error)));
    const reader = new ArchiveReader({ ignoreTrailing: source.ignoreTrailing });
    const summary = await feedArchive(await source.open(), take, onBytes, reader);
    assertRecorded(source, summary);
    return { summary, path: nameless ? "/dev/fd/3" : file, descriptor: nameless ? handle.fd : null, close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function assertSpace(source: ArchiveSource, file: string): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(file));
  const free = bavail * bsize;
  if (source.bytes === null || free > source.bytes) return;
  throw new ProblemError(ExitCode.NoSpace, {
    where: "--jobs",
    received: `${free} bytes free in ${dirname(dirname(file))}`,
    allowed: `${source.bytes} bytes`,
    reason: "with several jobs the decrypted archive lies on disk while it is loaded, and there is no room for it",
    next: "leave out --jobs, which streams, or name a folder with more room with --work-folder",
  });
}

function spoolFailure(file: string, error: unknown): ProblemError {
  const code = (error as NodeJS.ErrnoException).code;
  return new ProblemError(
    code === "ENOSPC" ? ExitCode.NoSpace : ExitCode.InputOutput,
    {
      where: dirname(dirname(file)),
      reason: `the decrypted archive could not be written: ${(error as Error).message}`,
      next: "leave out --jobs, which streams",
    },
    { cause: error },
  );
}
