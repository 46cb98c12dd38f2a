import { createHash } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import { chmod, lchown, mkdir, open, symlink } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ExitCode, type FileRecord, ProblemError } from "@pgkeep/core";
import { extract, type Header } from "tar-stream";

/**
 * Writes the files of a recovery point into a folder that is new or empty of them, with their modes and, when run as root, their owners.
 * Nothing that exists is overwritten, no path leaves the folder, and every file is compared with its record.
 * Directories get their modes last, so that a read-only one can be filled.
 */
export async function extractFiles(archive: Readable, folder: string, records: readonly FileRecord[]): Promise<void> {
  const expected = new Map(records.map((record) => [record.path, record]));
  const modes: [string, number][] = [];
  const links: { at: string; target: string }[] = [];
  const tar = extract();
  const fed = pipeline(archive, tar);
  fed.catch(() => undefined);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for await (const entry of tar) {
    const { header } = entry;
    const name = header.name.replace(/\/$/, "");
    const record = expected.get(name);
    if (!record || name.split("/").includes("..") || path.isAbsolute(name)) throw unexpected(name);
    const target = path.join(folder, name);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    if (record.type === "directory") await mkdir(target, { recursive: true, mode: 0o700 });
    else if (record.type === "symlink") links.push({ at: target, target: header.linkname ?? "" });
    else await writeFile(entry as unknown as Readable, target, record);
    entry.resume();
    if (record.type !== "symlink") modes.push([target, record.mode]);
    await own(target, header, record.type !== "symlink");
    expected.delete(name);
  }
  await fed;
  // Links come last: until then nothing can be written through one.
  for (const { at, target } of links) await symlink(target, at);
  for (const [target, mode] of modes.reverse()) await chmod(target, mode);
  if (expected.size > 0) throw unexpected([...expected.keys()].join(", "));
}

async function writeFile(contents: Readable, target: string, record: FileRecord): Promise<void> {
  const hash = createHash("sha256");
  const handle = await open(target, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600).catch(
    (error: NodeJS.ErrnoException) => {
      throw new ProblemError(error.code === "EEXIST" ? ExitCode.Usage : ExitCode.InputOutput, {
        where: target,
        reason: error.code === "EEXIST" ? "exists already and nothing is overwritten" : `cannot be written: ${error.message}`,
        next: "restore the files into a new folder and move what you need",
      });
    },
  );
  await pipeline(
    contents,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream("", { fd: handle }),
  );
  if (hash.digest("hex") !== record.sha256) throw unexpected(record.path);
}

async function own(target: string, header: Header, exists: boolean): Promise<void> {
  // Only root may give a file away; for others the files belong to whoever restores.
  if (exists && process.getuid?.() === 0) await lchown(target, header.uid ?? 0, header.gid ?? 0);
}

function unexpected(names: string): ProblemError {
  return new ProblemError(ExitCode.DataWrong, {
    where: `files: ${names}`,
    reason: "the archive of files does not fit the manifest",
    next: "use another recovery point",
  });
}
