import type { SequenceRecord, TableRecord } from "@pgkeep/core";
import { ArchiveCursor, type Reading } from "./ArchiveCursor.js";
import type { ArchiveEntry, ArchiveHeader } from "./ArchiveEntry.js";
import { ArchiveError } from "./ArchiveError.js";
import type { ArchiveSummary, UnreadData } from "./ArchiveSummary.js";
import { copyColumns } from "./copyColumns.js";
import { skipChunks } from "./dataChunks.js";
import { LargeObjects } from "./LargeObjects.js";
import { permutation } from "./permuteRow.js";
import { describe, type ExpectedBlock, LARGEST_DUMP_ID, readEntries } from "./readEntries.js";
import { readHeader } from "./readHeader.js";
import { sequenceValue } from "./sequenceValue.js";
import { TableRows } from "./TableRows.js";

export type { ArchiveSummary } from "./ArchiveSummary.js";

export interface ArchiveReaderOptions {
  /**
   * The order in which to hash the columns of a table, instead of the order of its dump. A list that is not a permutation of the dumped
   * columns is not followed, and the columns of the summary show it.
   */
  columnOrder?: (schema: string, table: string) => string[] | undefined;
  /**
   * Whether bytes behind the archive's end are passed over instead of refused. `pg_dump -Fc > FILE` of PostgreSQL 16 and later appends the
   * table of contents a second time, where it meant to rewrite it (it opens its output with `fdopen(…, "a")`, _allocAH in
   * pg_backup_archiver.c; seen with 16.14 and 18.4 on glibc). No archive of pgkeep's own has any.
   */
  ignoreTrailing?: boolean;
  /** Called once, when the table of contents was read and none of the data. */
  onContents?: (header: ArchiveHeader, entries: ArchiveEntry[]) => void;
}

/** BLK_DATA and BLK_BLOBS of pg_backup_archiver.h. */
const BLOCK_TYPES = { 1: "data", 3: "large objects" } as const;

/**
 * Reads an archive of pg_dump's custom format while it passes by, in parts of any size, and says at the end what it holds. Memory follows the
 * table of contents, not the data, and no length in the archive is believed before its bytes are there.
 *
 * Nothing marks the end of an archive. It is known by the table of contents: each of its entries that had data is followed by exactly one
 * block (WriteDataChunks in pg_backup_archiver.c). So an archive that was cut anywhere is refused, and so is one with bytes behind its end.
 */
export class ArchiveReader {
  private readonly cursor = new ArchiveCursor();
  private readonly steps: Reading<ArchiveSummary>;
  private summary: ArchiveSummary | undefined;
  private failure: unknown;

  constructor(private readonly options: ArchiveReaderOptions = {}) {
    this.steps = this.archive();
  }

  /** Reads on. Throws an ArchiveError, again at every later call, when this cannot be an archive. */
  write(chunk: Uint8Array): void {
    if (this.failure !== undefined) throw this.failure;
    try {
      for (let done = 0; done < chunk.length; ) {
        if (this.summary !== undefined && this.options.ignoreTrailing) return;
        if (this.summary !== undefined) throw this.cursor.error("bytes follow the archive's end");
        done += this.cursor.fill(chunk, done);
        const step = this.steps.next();
        if (step.done === true) this.summary = step.value;
        if (this.summary !== undefined && this.options.ignoreTrailing) return;
        if (this.summary !== undefined && this.cursor.available > 0) throw this.cursor.error("bytes follow the archive's end");
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** What was read; may be asked again. Throws an ArchiveError when the archive is not complete. */
  end(): ArchiveSummary {
    if (this.failure !== undefined) throw this.failure;
    if (this.summary !== undefined) return this.summary;
    const { cursor } = this;
    this.failure = new ArchiveError(cursor.offset + cursor.available, `the archive is cut: it ends inside ${cursor.reading}`);
    throw this.failure;
  }

  private *archive(): Reading<ArchiveSummary> {
    const { cursor } = this;
    const { header, minor, offsetBytes } = yield* readHeader(cursor);
    const { entries, expected } = yield* readEntries(cursor, minor, offsetBytes);
    for (const entry of entries) {
      if (!entry.hadData && ["TABLE DATA", "BLOBS"].includes(entry.description)) throw cursor.error(`${describe(entry)} should have data`);
    }
    const sequences = entries.filter(({ description }) => description === "SEQUENCE SET").map((entry) => this.sequence(entry));
    const columns = new Map<number, string[]>();
    for (const block of expected.values()) columns.set(block.entry.dumpId, columnsOf(block));
    this.options.onContents?.(header, entries);

    const tables = new Map<number, TableRecord>();
    const unread: UnreadData[] = [];
    const largeObjects = new LargeObjects(cursor);
    const blocks = expected.size;
    while (expected.size > 0) {
      cursor.reading = `its data, of which ${expected.size} of ${blocks} blocks are missing`;
      const { entry } = yield* this.blockHeader(expected, entries);
      cursor.reading = `the data of ${describe(entry)}`;
      if (entry.description === "BLOBS") {
        yield* largeObjects.read(header.compression !== "none");
        if (header.compression !== "none" && !unread.some(({ table }) => table === null)) {
          unread.push({ table: null, reason: `contents not read: compressed with ${header.compression}` });
        }
        continue;
      }
      const [schema, name] = [entry.namespace, entry.tag];
      const reason = whyUnread(header, entry);
      if (reason !== undefined) {
        yield* skipChunks(cursor);
        unread.push({ table: { schema, name }, reason });
        continue;
      }
      const dumped = columns.get(entry.dumpId) ?? [];
      const order = permutation(dumped, this.options.columnOrder?.(schema, name));
      const digest = yield* new TableRows(cursor, order).read();
      tables.set(entry.dumpId, { schema, name, columns: order?.map((from) => dumped[from] as string) ?? dumped, digest });
    }
    return {
      header,
      entries,
      tables: entries.flatMap(({ dumpId }) => tables.get(dumpId) ?? []),
      sequences,
      largeObjects: largeObjects.result(),
      unread,
      bytes: cursor.offset,
    };
  }

  /** A data block begins with its type and the dump id of its entry (_StartData and _StartLOs in pg_backup_custom.c). */
  private *blockHeader(expected: Map<number, ExpectedBlock>, entries: ArchiveEntry[]): Reading<ExpectedBlock> {
    const { cursor } = this;
    const at = cursor.offset;
    const type = yield* cursor.byteOf("the type of a data block", BLOCK_TYPES);
    const dumpId = yield* cursor.integerOf("the dump id of a data block", 1, LARGEST_DUMP_ID);
    const block = expected.get(dumpId);
    if (block === undefined) {
      const entry = entries.find((candidate) => candidate.dumpId === dumpId);
      const reason =
        entry === undefined
          ? "no entry has the dump id of this data block"
          : `${describe(entry)} has more than one data block, or should have none`;
      throw new ArchiveError(at, reason, { received: `dump id ${dumpId}` });
    }
    if (block.position !== undefined && block.position !== at) {
      throw new ArchiveError(at, `${describe(block.entry)}: its data block is not where its entry says`, {
        allowed: `byte ${block.position}`,
      });
    }
    if ((type === "large objects") !== (block.entry.description === "BLOBS")) {
      throw new ArchiveError(at, `${describe(block.entry)} has a data block of the wrong type`, { received: type });
    }
    expected.delete(dumpId);
    return block;
  }

  private sequence(entry: ArchiveEntry): SequenceRecord {
    const set = sequenceValue(entry.definition);
    if (set === undefined) {
      throw this.cursor.error(`${describe(entry)}: its definition sets no sequence`, {
        received: JSON.stringify(entry.definition.slice(-80)),
      });
    }
    return { schema: entry.namespace, name: entry.tag, ...set };
  }
}

/** Checks that this data can be read, and says the table's columns. */
function columnsOf({ entry, at }: ExpectedBlock): string[] {
  if (entry.description === "BLOBS") return [];
  if (entry.description !== "TABLE DATA") {
    throw new ArchiveError(at, "an entry has data of a kind that is not known", {
      received: entry.description,
      allowed: "TABLE DATA, BLOBS",
    });
  }
  const columns = entry.copyStatement === "" ? [] : copyColumns(entry.copyStatement);
  if (columns !== undefined) return columns;
  throw new ArchiveError(at, `${describe(entry)}: its COPY statement cannot be read`, {
    received: JSON.stringify(entry.copyStatement.slice(0, 200)),
  });
}

function whyUnread(header: ArchiveHeader, entry: ArchiveEntry): string | undefined {
  if (header.compression !== "none") return `rows not read: compressed with ${header.compression}`;
  return entry.copyStatement === "" ? "rows not read: dumped as INSERT statements" : undefined;
}
