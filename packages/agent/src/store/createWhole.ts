import { randomUUID } from "node:crypto";
import { type FileHandle, link, open, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Makes a file that appears under its path whole and on the disk, or not at all, and never over another: true when it was made, false when
 * the path is taken. The signal is asked once more when all is written.
 *
 * The bytes go into a file of its own in the same folder, which is then given the path by link(2): that fails when the path is taken,
 * where rename(2) would overwrite. A writer that is killed leaves `.pgkeep-<uuid>.partial`, which no listing shows; one that has not
 * changed for a day belongs to nobody.
 */
export async function createWhole(path: string, write: (file: FileHandle) => Promise<void>, signal?: AbortSignal): Promise<boolean> {
  const partial = partialPath(dirname(path));
  try {
    const file = await open(partial, "wx", 0o600);
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    if (!(await linked(partial, path))) return false;
  } finally {
    await unlink(partial).catch(() => {});
  }
  await syncFolder(dirname(path));
  return true;
}

/** The name of a file that is being written. It begins with a dot, as no key does. */
export function partialPath(folder: string): string {
  return join(folder, `.pgkeep-${randomUUID()}.partial`);
}

/** Whether a name is that of a file that is, or was, being written. */
export function isPartial(name: string): boolean {
  return /^\.pgkeep-[0-9a-f-]{36}\.partial$/.test(name);
}

/** Makes the names in a folder last: without it a file that was synced may have no name after a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } catch (error) {
    // Some network and FUSE file systems cannot sync a folder; they keep names by their own means.
    if (!["EINVAL", "ENOTSUP", "ENOSYS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    await folder.close();
  }
}

async function linked(partial: string, path: string): Promise<boolean> {
  try {
    await link(partial, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // Over NFS a request whose answer was lost is sent again, and the second says EEXIST (open(2), O_EXCL): our own file is success.
    const [ours, theirs] = await Promise.all([stat(partial, { bigint: true }), stat(path, { bigint: true })]);
    return ours.ino === theirs.ino && ours.dev === theirs.dev;
  }
}
