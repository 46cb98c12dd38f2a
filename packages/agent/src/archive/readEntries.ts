import type { ArchiveCursor, Reading } from "./ArchiveCursor.js";
import type { ArchiveEntry } from "./ArchiveEntry.js";
import { ArchiveError } from "./ArchiveError.js";

/** Where the data block of an entry begins; undefined when the archive went to a pipe, for pg_dump could not come back to note it. */
export interface ExpectedBlock {
  entry: ArchiveEntry;
  /** Where the entry itself begins. */
  at: number;
  position: number | undefined;
}

export interface TableOfContents {
  entries: ArchiveEntry[];
  /** By dump id: every entry whose data has to follow. */
  expected: Map<number, ExpectedBlock>;
}

/** Every large object was an entry before version 1.16, so tens of millions are real. More would not fit into a dump id's neighbours. */
const MOST_ENTRIES = 100_000_000;
export const LARGEST_DUMP_ID = 2 ** 31 - 1;
/** K_OFFSET_POS_NOT_SET, K_OFFSET_POS_SET and K_OFFSET_NO_DATA of pg_backup_archiver.h. */
const OFFSET_STATES = { 1: "not set", 2: "set", 3: "no data" } as const;

/**
 * Reads the table of contents (WriteToc and ReadToc in pg_backup_archiver.c; the offset at the end of an entry is the custom format's own,
 * _WriteExtraToc in pg_backup_custom.c). Version 1.16 put relkind before the owner.
 */
export function* readEntries(cursor: ArchiveCursor, minor: number, offsetBytes: 4 | 8): Reading<TableOfContents> {
  cursor.reading = "its table of contents";
  const count = yield* cursor.integerOf("the number of entries", 0, MOST_ENTRIES);
  const entries: ArchiveEntry[] = [];
  const expected = new Map<number, ExpectedBlock>();
  const seen = new Set<number>();
  while (entries.length < count) {
    cursor.reading = `entry ${entries.length + 1} of ${count} of its table of contents`;
    const at = cursor.offset;
    const entry = yield* readEntry(cursor, minor);
    if (seen.has(entry.dumpId)) throw new ArchiveError(at, "two entries have one dump id", { received: String(entry.dumpId) });
    seen.add(entry.dumpId);
    const offsetAt = cursor.offset;
    const state = yield* cursor.byteOf("the state of an entry's offset", OFFSET_STATES);
    const position = yield* offset(cursor, offsetBytes);
    if (entry.hadData !== (state !== "no data")) {
      throw new ArchiveError(offsetAt, `${describe(entry)}: two marks disagree whether it has data`, {
        received: `${entry.hadData} and ${state}`,
      });
    }
    if (entry.hadData) expected.set(entry.dumpId, { entry, at, position: state === "set" ? position : undefined });
    entries.push(entry);
  }
  return { entries, expected };
}

function* readEntry(cursor: ArchiveCursor, minor: number): Reading<ArchiveEntry> {
  const dumpId = yield* cursor.integerOf("a dump id", 1, LARGEST_DUMP_ID);
  const hadData = (yield* cursor.integerOf("the mark of an entry with data", 0, 1)) === 1;
  const tableOid = yield* number(cursor, "the oid of a catalogue");
  const oid = yield* number(cursor, "an oid");
  const tag = yield* cursor.text("an entry's name");
  const description = yield* cursor.text("an entry's kind");
  const section = yield* cursor.integerOf("an entry's section", 1, 4);
  const definition = yield* cursor.text("a definition");
  const dropStatement = yield* cursor.text("a DROP statement");
  const copyStatement = yield* cursor.text("a COPY statement");
  const namespace = yield* cursor.text("a schema's name");
  const tablespace = yield* cursor.text("a tablespace's name");
  const accessMethod = yield* cursor.text("an access method's name");
  const relationKind = minor >= 16 ? yield* kind(cursor) : "";
  const owner = yield* cursor.text("an owner's name");
  yield* withoutOids(cursor);
  const dependencies: number[] = [];
  for (;;) {
    const at = cursor.offset;
    const text = yield* cursor.optionalText("a dependency");
    if (text === undefined) break;
    dependencies.push(Number(digits(at, "a dependency", text)));
  }
  return {
    dumpId,
    hadData,
    tableOid,
    oid,
    tag,
    description,
    section,
    definition,
    dropStatement,
    copyStatement,
    namespace,
    tablespace,
    accessMethod,
    relationKind,
    owner,
    dependencies,
  };
}

/** For messages. */
export function describe({ description, namespace, tag }: ArchiveEntry): string {
  return [description, namespace, tag].filter((part) => part !== "").join(" ");
}

/** Oids and dependencies are numbers written as strings, for historical reasons. */
function* number(cursor: ArchiveCursor, name: string): Reading<string> {
  const at = cursor.offset;
  return digits(at, name, yield* cursor.text(name));
}

function digits(at: number, name: string, text: string): string {
  if (/^\d{1,10}$/.test(text)) return text;
  throw new ArchiveError(at, `${name} is not a number`, { received: JSON.stringify(text.slice(0, 40)) });
}

/** A char, written as an integer; 0 for what has no access method. */
function* kind(cursor: ArchiveCursor): Reading<string> {
  const value = yield* cursor.integerOf("a relation's kind", 0, 127);
  return value === 0 ? "" : String.fromCharCode(value);
}

/** Tables WITH OIDS ended with PostgreSQL 12; pg_dump writes `false` here ever since. */
function* withoutOids(cursor: ArchiveCursor): Reading<void> {
  const at = cursor.offset;
  const text = yield* cursor.text("the mark of tables with oids");
  if (text !== "false")
    throw new ArchiveError(at, "an entry is of a table WITH OIDS, or damaged", {
      received: JSON.stringify(text.slice(0, 40)),
      allowed: "false",
    });
}

function* offset(cursor: ArchiveCursor, bytes: 4 | 8): Reading<number> {
  yield* cursor.need(bytes);
  const low = cursor.memory.readUInt32LE(cursor.position);
  const high = bytes === 8 ? cursor.memory.readUInt32LE(cursor.position + 4) : 0;
  cursor.position += bytes;
  return high * 2 ** 32 + low;
}
