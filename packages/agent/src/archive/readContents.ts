import { ArchiveCursor } from "./ArchiveCursor.js";
import type { ArchiveEntry, ArchiveHeader } from "./ArchiveEntry.js";
import { ArchiveError } from "./ArchiveError.js";
import { readEntries } from "./readEntries.js";
import { readHeader } from "./readHeader.js";

/**
 * Reads the header and the table of contents of an archive, and not its data: the stream is destroyed then. Says nothing about whether the
 * data is there; `pg_restore --list` does not either.
 */
export async function readContents(stream: AsyncIterable<Uint8Array>): Promise<{ header: ArchiveHeader; entries: ArchiveEntry[] }> {
  const cursor = new ArchiveCursor();
  const steps = contents(cursor);
  for await (const chunk of stream) {
    for (let done = 0; done < chunk.length; ) {
      done += cursor.fill(chunk, done);
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }
  throw new ArchiveError(cursor.offset + cursor.available, `the archive is cut: it ends inside ${cursor.reading}`);
}

function* contents(cursor: ArchiveCursor) {
  const { header, minor, offsetBytes } = yield* readHeader(cursor);
  const { entries } = yield* readEntries(cursor, minor, offsetBytes);
  return { header, entries };
}
