import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ExitCode, type FileRecord, ProblemError } from "@pgkeep/core";
import { pack } from "tar-stream";
import type { SelectedFile } from "./selectFiles.js";

/** A tar archive of the selected files with modes and owners, as a stream, and what went into it once the stream has ended. */
export function packFiles(files: readonly SelectedFile[]): { archive: Readable; records: FileRecord[] } {
  const tar = pack();
  const records: FileRecord[] = [];
  writeEntries(files, tar, records).then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  );
  return { archive: tar as unknown as Readable, records };
}

async function writeEntries(files: readonly SelectedFile[], tar: ReturnType<typeof pack>, records: FileRecord[]): Promise<void> {
  for (const file of files) {
    const { stats } = file;
    const header = { name: file.path, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid, mtime: stats.mtime };
    const record = { path: file.path, type: file.type, mode: header.mode, uid: stats.uid, gid: stats.gid };
    if (file.type === "file") {
      const sha256 = await writeContents(file, tar.entry({ ...header, type: "file", size: stats.size }));
      records.push({ ...record, bytes: stats.size, sha256 });
    } else {
      const link = file.linkTarget === undefined ? {} : { linkname: file.linkTarget };
      await new Promise<void>((resolve, reject) => {
        tar.entry({ ...header, ...link, type: file.type }, "", (error) => (error ? reject(error) : resolve()));
      });
      records.push({ ...record, bytes: 0, sha256: null });
    }
  }
}

async function writeContents(file: SelectedFile, entry: NodeJS.WritableStream): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  // tar-stream writes the size first: bytes beyond it are cut off by `end`, and too few are noticed below.
  const source = createReadStream(file.absolutePath, file.stats.size > 0 ? { end: file.stats.size - 1 } : {});
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    entry,
  ).catch((error: unknown) => {
    throw changed(file, (error as Error).message);
  });
  if (bytes !== file.stats.size) throw changed(file, `it had ${file.stats.size} bytes and now ${bytes}`);
  return hash.digest("hex");
}

function changed(file: SelectedFile, reason: string): ProblemError {
  return new ProblemError(ExitCode.TryAgain, {
    where: `files: ${file.path}`,
    reason: `could not be saved as it was: ${reason}`,
    next: "run the backup again when nothing writes to it",
  });
}
