import type { ArchiveCursor, Reading } from "./ArchiveCursor.js";
import type { ArchiveHeader } from "./ArchiveEntry.js";
import { ArchiveError } from "./ArchiveError.js";

const MAGIC = "PGDMP";
/** Minor versions of archive format 1 and who writes them: 14 from PostgreSQL 12 to 15, 15 is 16, 16 is 17 and 18 (K_VERS_MINOR in pg_backup_archiver.h). */
const KNOWN_MINORS: readonly number[] = [14, 15, 16];
/** enum ArchiveFormat of pg_backup.h: the toc.dat of a directory and of a tar file begin alike. */
const FORMATS = { 1: "custom", 3: "tar", 5: "directory" } as const;
/** enum pg_compress_algorithm of common/compression.h. */
const ALGORITHMS = { 0: "none", 1: "gzip", 2: "lz4", 3: "zstd" } as const;
/** Fields of the C struct tm in the order they are written: second, minute, hour, day, month from 0, year from 1900, daylight saving. */
const TIME_RANGES = [60, 59, 23, 31, 11, 8099] as const;

/**
 * Reads the header: `PGDMP`, three version bytes, the sizes of integers and of offsets, the format, the compression, the time, the database
 * and the versions of server and pg_dump. Version 1.15 (PostgreSQL 16) turned the compression from a zlib level written as an integer
 * into one byte naming the algorithm (WriteHead and ReadHead in pg_backup_archiver.c).
 */
export function* readHeader(cursor: ArchiveCursor): Reading<{ header: ArchiveHeader; minor: number; offsetBytes: 4 | 8 }> {
  for (const letter of MAGIC) {
    const at = cursor.offset;
    if ((yield* cursor.byte()) === letter.charCodeAt(0)) continue;
    throw new ArchiveError(at, "this is not an archive of pg_dump's custom format", {
      allowed: `${MAGIC} at its start, as pg_dump -Fc writes`,
    });
  }
  const minor = yield* minorVersion(cursor);
  yield* cursor.byteOf("the size of integers", { 4: 4 });
  const offsetBytes = yield* cursor.byteOf("the size of file offsets", { 4: 4, 8: 8 } as const);
  const at = cursor.offset;
  const format = yield* cursor.byteOf("the archive's format", FORMATS);
  if (format !== "custom")
    throw new ArchiveError(at, "this archive has another format", { received: format, allowed: "custom, as pg_dump -Fc writes" });
  const compression = yield* minor >= 15 ? cursor.byteOf("the compression", ALGORITHMS) : compressionLevel(cursor);
  const createdAt = yield* time(cursor);
  const database = yield* cursor.text("the database's name");
  const serverVersion = yield* cursor.text("the server's version");
  const dumpVersion = yield* cursor.text("pg_dump's version");
  return { header: { version: `1.${minor}`, compression, createdAt, database, serverVersion, dumpVersion }, minor, offsetBytes };
}

function* minorVersion(cursor: ArchiveCursor): Reading<number> {
  const at = cursor.offset;
  const major = yield* cursor.byte();
  const minor = yield* cursor.byte();
  const revision = yield* cursor.byte();
  if (major === 1 && KNOWN_MINORS.includes(minor) && revision === 0) return minor;
  throw new ArchiveError(at, "this version of the archive format is not known", {
    received: revision === 0 ? `${major}.${minor}` : `${major}.${minor}.${revision}`,
    allowed: `${KNOWN_MINORS.map((known) => `1.${known}`).join(", ")} (pg_dump 14 to 18)`,
    next: "dump again with a pg_dump of 14 to 18, or use a pgkeep that knows this version",
  });
}

/** Level -1 is zlib's default. */
function* compressionLevel(cursor: ArchiveCursor): Reading<ArchiveHeader["compression"]> {
  return (yield* cursor.integerOf("the compression level", -1, 9)) === 0 ? "none" : "gzip";
}

function* time(cursor: ArchiveCursor): Reading<string> {
  const fields: number[] = [];
  for (const highest of TIME_RANGES) fields.push(yield* cursor.integerOf("the time of the dump", 0, highest));
  yield* cursor.integerOf("the daylight saving flag", -1, 1);
  const [second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0] = fields;
  const pair = (value: number) => String(value).padStart(2, "0");
  return `${1900 + year}-${pair(month + 1)}-${pair(day)}T${pair(hour)}:${pair(minute)}:${pair(second)}`;
}
