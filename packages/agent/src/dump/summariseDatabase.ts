import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ArchiveError } from "../archive/ArchiveError.js";
import { ArchiveReader, type ArchiveSummary } from "../archive/ArchiveReader.js";
import { ContentsRecorder } from "./ContentsRecorder.js";
import { type PgDumpOptions, startPgDump } from "./pgDump.js";

/** The order in which to hash the fields of a table, or undefined for the order in which they come. */
export type ColumnOrder = (schema: string, table: string) => string[] | undefined;

/** What a dump held, and the bytes of its table of contents, from which pg_restore can replay the definitions. */
export interface DatabaseSummary extends ArchiveSummary {
  contents: Buffer;
}

/** Dumps a database to nowhere and tells what the dump held: entries, digests, sequences. Needs no disk. */
export async function summariseDatabase(options: PgDumpOptions & { columnOrder?: ColumnOrder }): Promise<DatabaseSummary> {
  const { archive, finished } = await startPgDump(options);
  const contents = new ContentsRecorder();
  const reader = new ArchiveReader({
    ...(options.columnOrder ? { columnOrder: options.columnOrder } : {}),
    onContents: () => contents.stop(),
  });
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      try {
        contents.write(chunk);
        reader.write(chunk);
        callback();
      } catch (error) {
        callback(error as Error);
      }
    },
  });
  const [piped, exited] = await Promise.allSettled([pipeline(archive, sink), finished]);
  // The reader's own refusal comes first: it made pg_dump lose its pipe. A pg_dump that failed explains itself better than a cut archive.
  if (piped.status === "rejected" && piped.reason instanceof ArchiveError) throw piped.reason;
  if (exited.status === "rejected") throw exited.reason;
  if (piped.status === "rejected") throw piped.reason;
  return { ...reader.end(), contents: contents.bytes() };
}
