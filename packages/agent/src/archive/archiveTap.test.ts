import { readFileSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, it } from "vitest";
import { archive, END_OF_ROWS, rows, table } from "../../../../test/postgres/archiveVectors/buildArchive.js";
import { ArchiveReader } from "./ArchiveReader.js";
import { archiveTap } from "./archiveTap.js";

function collector() {
  const parts: Buffer[] = [];
  const sink = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done();
    },
  });
  return { parts, sink };
}

const inParts = (bytes: Buffer, size: number) =>
  Readable.from(Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size)));

it("passes an archive on untouched, chunk by chunk, and has read it", async () => {
  const row = `${"x".repeat(999)}\n`;
  const bytes = archive([table(1, "t")], rows(1, ...Array.from({ length: 5000 }, () => row), END_OF_ROWS));
  const reader = new ArchiveReader();
  const { parts, sink } = collector();
  await pipeline(inParts(bytes, 65_536), archiveTap(reader), sink);
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  expect(parts.every(({ length }) => length <= 65_536)).toBe(true);
  expect(reader.end()).toMatchObject({ bytes: bytes.length, tables: [{ digest: { rows: 5000, bytes: 5_000_000 } }] });
});

it("fails at the end of a cut archive, so that nothing behind it completes", async () => {
  const whole = readFileSync(new URL("../../../../test/postgres/archiveVectors/18-pipe.dump", import.meta.url));
  for (const length of [0, 1, 5000, whole.length - 1]) {
    const { sink } = collector();
    await expect(pipeline(Readable.from([whole.subarray(0, length)]), archiveTap(new ArchiveReader()), sink)).rejects.toThrow(
      "the archive is cut",
    );
    expect(sink.writableFinished).toBe(false);
  }
});

it("fails at the first wrong byte, without reading on", async () => {
  const { sink } = collector();
  let given = 0;
  const source = Readable.from(
    (function* () {
      for (; given < 1000; given += 1) yield Buffer.alloc(100_000);
    })(),
  );
  await expect(pipeline(source, archiveTap(new ArchiveReader()), sink)).rejects.toThrow("this is not an archive");
  expect(given).toBeLessThan(60);
});
