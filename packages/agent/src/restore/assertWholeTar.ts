import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { extract } from "tar-stream";
import type { DumpFile } from "./dumpFile.js";

/** POSIX ends a tar archive with two blocks of zeros. */
const END_BYTES = 1024;

/**
 * Reads a tar archive to its end and refuses one that is cut. pg_restore does not: it runs for ever on some (seen with 18.4, cut in the
 * middle and read from a pipe) and takes others for whole.
 */
export async function assertWholeTar(file: DumpFile): Promise<void> {
  let tail = Buffer.alloc(0);
  const watch = new Transform({
    transform(piece: Buffer, _encoding, callback) {
      tail = Buffer.concat([tail, piece.subarray(-END_BYTES)]).subarray(-END_BYTES);
      callback(null, piece);
    },
  });
  const members = extract();
  members.on("entry", (_header, member, next) => {
    member.once("end", next);
    // Told by the archive's own stream as well.
    member.on("error", () => {});
    member.resume();
  });
  try {
    await pipeline(file.open(), watch, members);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw cut(file, (error as Error).message, error);
  }
  if (tail.length < END_BYTES || tail.some((byte) => byte !== 0)) throw cut(file, "the two blocks that end every tar archive are missing");
}

function cut(file: DumpFile, reason: string, cause?: unknown): ProblemError {
  return new ProblemError(
    ExitCode.DataWrong,
    { where: file.path, reason: `the archive is cut or damaged: ${reason}`, next: "use another copy" },
    { cause },
  );
}
