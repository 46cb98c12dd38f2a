import type { Readable } from "node:stream";
import { type DatabaseRecord, ExitCode, ProblemError } from "@pgkeep/core";
import type { ArchiveEntry, ArchiveHeader } from "../archive/ArchiveEntry.js";
import { ArchiveReader, type ArchiveSummary } from "../archive/ArchiveReader.js";
import { readContents as readArchiveContents } from "../archive/readContents.js";
import { differencesFromRecord } from "./differencesFromRecord.js";
import { feedArchive } from "./feedArchive.js";

/** A custom-format archive that can be read, more than once, from the beginning. */
export interface ArchiveSource {
  /** For messages. */
  description: string;
  /** Size of the archive; null where unknown. */
  bytes: number | null;
  /** What the archive must hold; null for one that nothing is recorded of. */
  record: DatabaseRecord | null;
  /** Whether bytes behind its end are no fault, as with what others' tools made. */
  ignoreTrailing: boolean;
  /** The archive as pg_restore reads it. It fails before its last bytes when it is not what was stored. */
  open(): Promise<Readable>;
}

/** A script that can be read, more than once, from the beginning. Nothing is recorded of it. */
export interface ScriptSource {
  description: string;
  /** Size of its file; null where unknown. */
  bytes: number | null;
  byPgDump: boolean;
  /** Roles and extensions that it names. */
  roles: ReadonlySet<string>;
  extensions: ReadonlySet<string>;
  /** Tells how many bytes of its file were read. */
  open(onBytes?: (bytes: number) => void): Readable;
}

export interface ArchiveContents {
  header: ArchiveHeader;
  entries: ArchiveEntry[];
}

/** Reads the table of contents and no more. */
export async function readContents(source: ArchiveSource): Promise<ArchiveContents> {
  return readArchiveContents(await source.open());
}

/** Reads the whole archive without restoring anything, and refuses it when it is not what was recorded. */
export async function readWhole(source: ArchiveSource, onBytes: (bytes: number) => void): Promise<ArchiveSummary> {
  const summary = await feedArchive(
    await source.open(),
    () => undefined,
    onBytes,
    new ArchiveReader({ ignoreTrailing: source.ignoreTrailing }),
  );
  assertRecorded(source, summary);
  return summary;
}

export function assertRecorded(source: ArchiveSource, summary: ArchiveSummary): void {
  if (source.record === null) return;
  const differences = differencesFromRecord(source.record, summary);
  if (differences.length === 0) return;
  throw new ProblemError(ExitCode.DataWrong, {
    where: source.description,
    reason: "the archive does not hold what the manifest records",
    received: differences.slice(0, 10).join("\n            "),
    next: "use another recovery point; run `pgkeep drill` to see which ones restore",
  });
}
