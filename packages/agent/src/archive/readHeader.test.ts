import { describe, expect, it } from "vitest";
import { header, integer } from "../../../../test/postgres/archiveVectors/buildArchive.js";
import { ArchiveCursor } from "./ArchiveCursor.js";
import { ArchiveError } from "./ArchiveError.js";
import { readHeader } from "./readHeader.js";

function read(bytes: Buffer) {
  const cursor = new ArchiveCursor();
  cursor.fill(bytes, 0);
  return readHeader(cursor).next().value;
}

describe("the header", () => {
  it("of 1.16 names its compression in one byte", () =>
    expect(read(header([1, 16, 0, 4, 8, 1, 3]))).toEqual({
      header: {
        version: "1.16",
        compression: "zstd",
        createdAt: "2026-11-21T05:03:29",
        database: "db",
        serverVersion: "18.4",
        dumpVersion: "18.4",
      },
      minor: 16,
      offsetBytes: 8,
    }));

  it.for([
    [-1, "gzip"],
    [0, "none"],
    [9, "gzip"],
  ] as const)("of 1.14 has zlib's level %s: %s", ([level, compression]) =>
    expect(read(header([1, 14, 0, 4, 8, 1, ...integer(level)]))).toMatchObject({ header: { version: "1.14", compression } }),
  );

  it.for([
    [[1, 13, 0], "1.13"],
    [[1, 17, 0], "1.17"],
    [[2, 0, 0], "2.0"],
    [[1, 16, 1], "1.16.1"],
  ] as const)("of another version (%s) is refused by its name %s", ([bytes, version]) => {
    const reading = () => read(header([...bytes, 4, 8, 1, 0]));
    expect(reading).toThrow(ArchiveError);
    expect(reading).toThrow(
      `archive, byte 5: this version of the archive format is not known\n  received: ${version}\n  allowed:  1.14, 1.15, 1.16 (pg_dump 14 to 18)`,
    );
  });

  it.for([
    [[1, 16, 0, 8, 8, 1, 0], "archive, byte 8: the size of integers is not known\n  received: 8"],
    [[1, 16, 0, 4, 2, 1, 0], "archive, byte 9: the size of file offsets is not known\n  received: 2\n  allowed:  4, 8"],
    [[1, 16, 0, 4, 8, 5, 0], "archive, byte 10: this archive has another format\n  received: directory"],
    [[1, 16, 0, 4, 8, 7, 0], "archive, byte 10: the archive's format is not known\n  received: 7"],
    [[1, 16, 0, 4, 8, 1, 4], "archive, byte 11: the compression is not known\n  received: 4\n  allowed:  none, gzip, lz4, zstd"],
    [[1, 14, 0, 4, 8, 1, ...integer(10)], "archive, byte 11: the compression level is out of range\n  received: 10\n  allowed:  -1 to 9"],
    [[1, 16, 0, 4, 8, 1, 0, ...integer(61)], "archive, byte 12: the time of the dump is out of range"],
  ] as const)("of %s is refused", ([bytes, message]) => expect(() => read(header([...bytes]))).toThrow(message));

  it.for(["-- PostgreSQL database dump\n", "PGDMX", "\x1f\x8b"])("of something else (%j) is refused", (text) =>
    expect(() => read(Buffer.from(text))).toThrow(/byte \d: this is not an archive of pg_dump's custom format/),
  );
});
