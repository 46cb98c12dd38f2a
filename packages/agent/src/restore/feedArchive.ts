import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { ArchiveReader, ArchiveSummary } from "../archive/ArchiveReader.js";

/** Takes the next piece of an archive. */
export type TakePiece = (piece: Buffer) => Promise<unknown> | undefined;

/** Reads an archive to its end, which alone tells that it is whole, gives its pieces on as they come, and says what it held. */
export async function feedArchive(
  source: Readable,
  take: TakePiece,
  onBytes: (bytes: number) => void,
  reader: ArchiveReader,
): Promise<ArchiveSummary> {
  let bytes = 0;
  for await (const piece of source as AsyncIterable<Buffer>) {
    reader.write(piece);
    await take(piece);
    bytes += piece.length;
    onBytes(bytes);
  }
  return reader.end();
}

/** Gives pieces to a program at its pace. One that has stopped listening is given no more: its exit code tells whether it had enough. */
export function toProgram(input: Writable): TakePiece {
  return (piece) => (input.writable && !input.write(piece) ? drained(input) : undefined);
}

async function drained(input: Writable): Promise<void> {
  const listening = new AbortController();
  try {
    await Promise.race(["drain", "close"].map((event) => once(input, event, { signal: listening.signal })));
  } catch {
    // A broken pipe is no failure of its own.
  } finally {
    listening.abort();
  }
}
